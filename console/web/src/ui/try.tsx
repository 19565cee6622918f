import { useEffect, useState } from 'preact/hooks'
import { asProblem, useApp, useLoad } from '../app.ts'
import type { Problem } from '../client.ts'
import { plural, statusWords } from '../format.ts'
import { subjectOf } from '../reading.ts'
import type { Certificate, Rule, Trial } from '../schema.ts'
import { Button, Failure, focus, Link, StatusBadge } from './basics.tsx'
import { Icon } from './icon.tsx'
import { Message } from './rule-list.tsx'

// Try judges a stored certificate by the rules in the form, saved or not, and records nothing.
export function Try(p: { requirement: string | null; rules: Rule[]; draft: boolean; certificate: string; onFaults: (problem: Problem) => void }) {
  const { client } = useApp()
  const [chosen, setChosen] = useState(p.certificate)
  const [other, setOther] = useState('')
  const certificate = (chosen === 'other' ? other : chosen).trim()
  const [trial, setTrial] = useState<{ trial: Trial; certificate: string; rules: string } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const recent = useLoad(signal => client.list<Certificate>('/files/certificates', { query: { limit: '100' }, signal }), [client])
  const read = (recent.data?.items ?? []).filter(c => c.status === 'approved' || c.status === 'flagged' || c.status === 'denied')
  useEffect(() => {
    setChosen(chosen => chosen || (read[0]?.id ?? ''))
  }, [recent.data])
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const rules = JSON.stringify(p.rules)
      const body = { certificate, ...(p.draft ? { rules: p.rules } : {}) }
      setTrial({ trial: await client.send<Trial>('POST', `/insurance_requirements/${p.requirement}/try`, { body }), certificate, rules })
    } catch (e) {
      const problem = asProblem(e)
      setTrial(null)
      if (Object.keys(problem.fields).some(f => f.startsWith('rules'))) p.onFaults(problem)
      else setProblem(problem)
    }
    setBusy(false)
  }
  useEffect(() => {
    if (p.certificate && p.requirement) void run()
  }, [])
  if (!p.requirement) return <p class="muted pad">Save the requirement first; then its rules, and drafts of them, can be tried on certificates.</p>
  return (
    <div class="try">
      <div class="card row wrap">
        <div class="field grow">
          <label for="try-certificate">Certificate</label>
          <select id="try-certificate" value={chosen} onChange={e => setChosen(e.currentTarget.value)}>
            {!read.some(c => c.id === chosen) && chosen && <option value={chosen}>{chosen}</option>}
            {!chosen && <option value="">{recent.loading ? 'Loading…' : 'None was read yet'}</option>}
            {read.map(c => <option key={c.id} value={c.id}>{c.filename} ({statusWords[c.status].toLowerCase()})</option>)}
            <option value="other">Another one, by its id</option>
          </select>
        </div>
        {chosen === 'other' && (
          <div class="field grow">
            <label for="try-id">Its id</label>
            <input id="try-id" class="mono" value={other} placeholder="ci_…" ref={focus} spellcheck={false} onInput={e => setOther(e.currentTarget.value)} />
          </div>
        )}
        <Button tone="primary" icon="play" busy={busy} disabled={!certificate || !p.rules.length} onClick={run}>Try {p.draft ? 'these rules' : 'the saved rules'}</Button>
        <p class="hint full">{p.draft ? 'The rules as they stand in the form are tried, saved or not.' : 'Nothing is recorded and nobody is told.'}</p>
      </div>
      {recent.problem && <Failure problem={recent.problem} retry={recent.reload} />}
      {problem && <Failure problem={problem} />}
      {trial && (
        <section aria-label="What the verdict would be" aria-live="polite">
          <p class="tally">
            It would be <StatusBadge status={trial.trial.status} /> {plural(trial.trial.summary.passed, 'rule')} passed, {trial.trial.summary.failed} failed. <Link to={`/certificates/${trial.certificate}`}>Open the certificate</Link>
            {trial.rules !== JSON.stringify(p.rules) && <span class="muted"> The rules have changed since; try again.</span>}
          </p>
          <ul class="rules">
            {trial.trial.results.map(r => (
              <li key={r.rule_name} class={`rule ${r.result}`}>
                <div class="rule-main">
                  <span class="verdict"><Icon name={r.result === 'pass' ? 'check' : 'cross'} /><span class="sr">{r.result === 'pass' ? 'Passed: ' : 'Failed: '}</span></span>
                  <span class="rule-text"><span class="rule-name">{r.rule_name}</span><Message text={r.message} /><span class="rule-meta">{subjectOf(r.rule_path)}</span></span>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
