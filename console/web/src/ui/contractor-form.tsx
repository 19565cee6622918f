import { useId, useState } from 'preact/hooks'
import { asProblem, useApp } from '../app.ts'
import type { Problem } from '../client.ts'
import type { Contractor } from '../schema.ts'
import { Button, Failure, focus } from './basics.tsx'

// ContractorForm makes a contractor, or changes one: a placeholder gets its name here.
export function ContractorForm(p: { contractor?: Contractor; email?: string; onSaved: (c: Contractor) => void; onCancel: () => void }) {
  const { client, names } = useApp()
  const was = p.contractor
  const [values, setValues] = useState({ email: was?.email ?? p.email ?? '', first_name: was?.first_name ?? '', last_name: was?.last_name ?? '', company_name: was?.company_name ?? '' })
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const id = useId()
  const submit = async (e: Event) => {
    e.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = { ...values, company_name: values.company_name || null }
    try {
      const saved = await (was ? client.send<Contractor>('PUT', `/contractors/${was.id}`, { body }) : client.send<Contractor>('POST', '/contractors', { body }))
      names.learn(saved)
      p.onSaved(saved)
    } catch (e) {
      setProblem(asProblem(e))
      setBusy(false)
    }
  }
  const field = (name: keyof typeof values, label: string, more: { email?: boolean; optional?: boolean } = {}) => (
    <div class="field">
      <label for={`${id}-${name}`}>{label} {more.optional && <span class="muted">(optional)</span>}</label>
      <input
        id={`${id}-${name}`} inputMode={more.email ? 'email' : 'text'} value={values[name]} ref={name === 'email' ? focus : null} autoComplete="off" aria-invalid={Boolean(problem?.fields[name])}
        aria-describedby={problem?.fields[name] ? `${id}-${name}-fault` : undefined} onInput={e => setValues({ ...values, [name]: e.currentTarget.value })}
      />
      {problem?.fields[name] && <p class="fault" id={`${id}-${name}-fault`}>{problem.fields[name]}</p>}
    </div>
  )
  return (
    <form class="inline-form" onSubmit={submit} noValidate aria-label={was ? 'Contractor' : 'New contractor'}>
      <div class="two">
        {field('email', 'E-mail', { email: true })}
        {field('company_name', 'Company', { optional: true })}
        {field('first_name', 'First name')}
        {field('last_name', 'Last name')}
      </div>
      {problem && !Object.keys(problem.fields).length && <Failure problem={problem} />}
      <div class="row end">
        <Button small onClick={p.onCancel}>{was ? 'Cancel' : 'Back'}</Button>
        <Button small tone="primary" type="submit" busy={busy}>{was ? 'Save' : 'Make contractor'}</Button>
      </div>
    </form>
  )
}
