import { useEffect, useRef, useState } from 'preact/hooks'
import { asProblem, useApp, useLoad } from '../app.ts'
import type { Problem } from '../client.ts'
import { plural } from '../format.ts'
import { draftOf, emptyDraft, faultsAt, ruleOf, type Draft } from '../rules.ts'
import type { Requirement, RequirementVersion, Template } from '../schema.ts'
import { Badge, Button, Failure, Head, Id, Link, Loading, Time } from '../ui/basics.tsx'
import { Decide } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { RuleForm } from '../ui/rule-form.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Try } from '../ui/try.tsx'
import { Versions } from '../ui/versions.tsx'

interface Form {
  name: string
  default: boolean
  rules: Draft[]
}

// RequirementPage edits a requirement, or makes one: /requirements/new.
export function RequirementPage({ id }: { id: string }) {
  const { client } = useApp()
  const fresh = id === 'new'
  const at = `/insurance_requirements/${encodeURIComponent(id)}`
  const stored = useLoad<Requirement | null>(signal => (fresh ? Promise.resolve(null) : client.get<Requirement>(at, { signal })), [client, id])
  if (!fresh && !stored.data) {
    return (
      <div class="page">
        <Head title={stored.problem?.status === 404 ? 'Requirement not found' : 'Requirement'} back={<Back />} />
        {stored.problem ? <Failure problem={stored.problem} retry={stored.reload} /> : <Loading lines={8} />}
      </div>
    )
  }
  return <Editor stored={stored.data} onSaved={r => stored.set(() => r)} reload={stored.reload} />
}

function Back() {
  return <Link to="/requirements" class="back-link"><Icon name="left" />Requirements</Link>
}

function Editor({ stored, onSaved, reload }: { stored: Requirement | null; onSaved: (r: Requirement) => void; reload: () => void }) {
  const { client, go, say, place } = useApp()
  const count = useRef(0)
  const drafts = (rules: Requirement['rules']) => rules.map(r => draftOf(r, ++count.current))
  const initial = (): Form => ({ name: stored?.name ?? '', default: stored?.default ?? false, rules: drafts(stored?.rules ?? []) })
  const [form, setForm] = useState<Form>(initial)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const [tab, setTab] = useState(place.query['try'] ? 'try' : 'rules')
  const versions = useLoad<RequirementVersion[]>(signal => (stored ? client.get<RequirementVersion[]>(`/insurance_requirements/${stored.id}/versions`, { signal }) : Promise.resolve([])), [client, stored?.id, stored?.version])
  const templates = useLoad<Template[]>(signal => client.get<Template[]>('/insurance_requirement_templates', { signal }), [client])
  useEffect(() => setForm(initial()), [stored?.version, stored?.updated])

  const rules = form.rules.map(ruleOf)
  const changed = !stored || stored.name !== form.name || stored.default !== form.default || JSON.stringify(stored.rules.map((r, i) => ruleOf(draftOf(r, i)))) !== JSON.stringify(rules)
  const rulesChanged = !stored || JSON.stringify(stored.rules.map((r, i) => ruleOf(draftOf(r, i)))) !== JSON.stringify(rules)
  const faults = faultsAt(problem?.fields ?? {})

  // Leaving the browser's page with changes asks first.
  useEffect(() => {
    if (!changed || (!stored && !form.name && !form.rules.length)) return
    const ask = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [changed])

  const save = async (e: { preventDefault(): void }) => {
    e.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      if (stored) {
        const body = { name: form.name, default: form.default, ...(rulesChanged ? { rules } : {}) }
        // What somebody else saved meanwhile is not overwritten.
        const now = await client.get<Requirement>(`/insurance_requirements/${stored.id}`)
        if (now.version !== stored.version) {
          say('Somebody saved another version meanwhile. It is shown under Versions; save again to replace it.', 'bad')
          onSaved(now)
          setBusy(false)
          setForm(form)
          return
        }
        const next = await client.send<Requirement>('PUT', `/insurance_requirements/${stored.id}`, { body })
        say(next.version === stored.version ? 'Saved.' : `Saved as version ${next.version}.`)
        onSaved(next)
        reload()
      } else {
        const next = await client.send<Requirement>('POST', '/insurance_requirements', { body: { name: form.name, default: form.default, rules } })
        say('Requirement made.')
        go(`/requirements/${next.id}`)
      }
    } catch (e) {
      const p = asProblem(e)
      setProblem(p)
      setTab('rules')
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    }
    setBusy(false)
  }
  const change = (key: number, draft: Partial<Draft>) => setForm(f => ({ ...f, rules: f.rules.map(d => (d.key === key ? { ...d, ...draft } : d)) }))
  const move = (i: number, by: number) => setForm(f => {
    const rules = [...f.rules]
    const [rule] = rules.splice(i, 1)
    if (rule) rules.splice(i + by, 0, rule)
    return { ...f, rules }
  })

  return (
    <form class="page" onSubmit={save} noValidate>
      <Head
        title={stored ? stored.name : 'New requirement'} back={<Back />}
        under={stored && <><Badge tone="plain">version {stored.version}</Badge>{stored.default && <Badge tone="info">default</Badge>}<span class="muted">Changed <Time at={stored.updated} /></span><Id>{stored.id}</Id></>}
      >
        {stored && changed && <Button onClick={() => { setForm(initial()); setProblem(null) }}>Discard changes</Button>}
        <Button tone="primary" type="submit" busy={busy} disabled={!changed}>{stored ? (rulesChanged ? `Save as version ${stored.version + 1}` : 'Save') : 'Make requirement'}</Button>
        {stored && <Button class="square" aria-label="Delete the requirement" title="Delete" onClick={() => setDeleting(true)}><Icon name="bin" /></Button>}
      </Head>
      {problem && (
        <div class="failure" role="alert">
          <Icon name="alert" />
          <div>
            <p>{Object.keys(problem.fields).length ? `It was not saved: ${plural(Object.keys(problem.fields).length, 'thing')} to mend, marked below.` : problem.message}</p>
            {faults.rest.filter(([field]) => field !== 'name').map(([field, message]) => <p key={field}><code>{field}</code> {message}</p>)}
          </div>
        </div>
      )}
      <Tabs
        label="About this requirement" chosen={tab} onChoose={setTab}
        tabs={[{ id: 'rules', title: 'Rules', count: form.rules.length }, { id: 'try', title: 'Try on a certificate' }, ...(stored ? [{ id: 'versions', title: 'Versions', count: versions.data?.length ?? null }] : [])]}
      >
        {tab === 'rules' && (
          <div class="rules-editor">
            <div class="card basics">
              <div class="field">
                <label for="requirement-name">Name</label>
                <input id="requirement-name" value={form.name} maxLength={200} aria-invalid={Boolean(problem?.fields['name'])} aria-describedby="requirement-name-fault" onInput={e => setForm({ ...form, name: e.currentTarget.value })} />
                {problem?.fields['name'] && <p id="requirement-name-fault" class="fault">{problem.fields['name']}</p>}
              </div>
              <label class="check"><input type="checkbox" checked={form.default} onChange={e => setForm({ ...form, default: e.currentTarget.checked })} /> Judges certificates for which nothing else names a requirement</label>
            </div>
            {templates.data && (!stored || !form.rules.length) && (
              <section class="templates" aria-label="Templates">
                <h2>Start from a template</h2>
                <ul>
                  {templates.data.map(t => (
                    <li key={t.id}>
                      <button type="button" class="card template" onClick={() => { setForm(f => ({ ...f, name: f.name || t.name, rules: drafts(t.rules) })); say(`${plural(t.rules.length, 'rule')} taken from “${t.name}”.`) }}>
                        <b>{t.name}</b><span class="muted">{t.description}</span><span class="under">{plural(t.rules.length, 'rule')}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {templates.problem && !stored && <Failure problem={templates.problem} retry={templates.reload} />}
            <ol class="rule-forms">
              {form.rules.map((d, i) => (
                <RuleForm
                  key={d.key} draft={d} index={i} last={i === form.rules.length - 1} faults={faults.rules.get(i) ?? []} onChange={part => change(d.key, part)} onMove={by => move(i, by)}
                  onRemove={() => setForm(f => ({ ...f, rules: f.rules.filter(r => r.key !== d.key) }))}
                />
              ))}
            </ol>
            {!form.rules.length && stored && <p class="muted">A requirement needs at least one rule.</p>}
            <Button icon="plus" onClick={() => setForm(f => ({ ...f, rules: [...f.rules, emptyDraft(++count.current)] }))}>Add a rule</Button>
          </div>
        )}
        {tab === 'try' && <Try requirement={stored?.id ?? null} rules={rules} draft={rulesChanged} certificate={place.query['try'] ?? ''} onFaults={p => { setProblem(p); setTab('rules') }} />}
        {tab === 'versions' && stored && (versions.problem ? <Failure problem={versions.problem} retry={versions.reload} /> : versions.data ? <Versions versions={versions.data} onUse={v => { setForm(f => ({ ...f, rules: drafts(v.rules) })); setTab('rules'); say(`The rules of version ${v.version} are in the form. Save them to use them again.`) }} /> : <Loading />)}
      </Tabs>
      {deleting && stored && (
        <Decide
          title="Delete the requirement?" action="Delete" tone="danger" reason="none" onClose={() => setDeleting(false)}
          run={async () => { await client.send('DELETE', `/insurance_requirements/${stored.id}`); say('Requirement deleted.'); go('/requirements') }}
        >
          <p><b>{stored.name}</b> will judge no more certificates. Verdicts that it gave stay. It cannot be deleted while something refers to it.</p>
        </Decide>
      )}
    </form>
  )
}
