import { useId, useState } from 'preact/hooks'
import { asProblem, useApp, useLoad } from '../app.ts'
import type { Problem, Query } from '../client.ts'
import type { Requirement, Tracker } from '../schema.ts'
import { Badge, Button, Empty, Failure, focus, Head, Link, Loading, Pager, Time } from '../ui/basics.tsx'
import { Dialog } from '../ui/dialog.tsx'

export function Trackers() {
  const { client, place, go } = useApp()
  const { after, before } = place.query
  const [making, setMaking] = useState(false)
  const query: Query = { limit: '25' }
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const list = useLoad(signal => client.list<Tracker>('/trackers', { query, signal }), [client, after, before])
  const make = <Button tone="primary" icon="plus" onClick={() => setMaking(true)}>New tracker</Button>
  return (
    <div class="page">
      <Head title="Trackers">{make}</Head>
      {list.problem && <Failure problem={list.problem} retry={list.reload} />}
      {!list.data && list.loading && <Loading lines={4} />}
      {list.data && !list.data.items.length && (
        <Empty icon="tracker" title="No trackers yet">
          <p>A tracker collects certificates in bulk: drop up to 500 PDFs of many contractors on it, and each gets a contractor and a review.</p>
          {make}
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <ul class="cards">
          {list.data.items.map(t => (
            <li key={t.id} class="card row wrap tracker">
              <div class="grow">
                <Link to={`/trackers/${t.id}`} class="strong break">{t.name}</Link>
                <span class="under">made <Time at={t.created} /></span>
              </div>
              <Badge tone={openSession(t) ? 'good' : 'plain'}>{openSession(t) ? 'takes uploads' : 'closed'}</Badge>
            </li>
          ))}
        </ul>
      )}
      {list.data && <Pager prev={Boolean(list.data.prev)} next={Boolean(list.data.next)} onPrev={() => go('/trackers', { before: list.data?.prev?.['ending_before'] })} onNext={() => go('/trackers', { after: list.data?.next?.['starting_after'] })} />}
      {making && <TrackerForm onClose={() => setMaking(false)} onMade={t => go(`/trackers/${t.id}`)} />}
    </div>
  )
}

// openSession is the session through which a tracker takes uploads, if there is one.
export function openSession(t: Tracker) {
  return t.sessions.find(s => s.status === 'open')
}

function TrackerForm(p: { onClose: () => void; onMade: (t: Tracker) => void }) {
  const { client } = useApp()
  const [name, setName] = useState('')
  const [requirement, setRequirement] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const requirements = useLoad(signal => client.list<Requirement>('/insurance_requirements', { query: { limit: '100' }, signal }), [client])
  const id = useId()
  const submit = async (e: Event) => {
    e.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      p.onMade(await client.send<Tracker>('POST', '/trackers', { body: { name: name.trim(), insurance_requirement: requirement || null } }))
    } catch (e) {
      setProblem(asProblem(e))
      setBusy(false)
    }
  }
  return (
    <Dialog title="New tracker" onClose={p.onClose} locked={busy}>
      <form onSubmit={submit} noValidate>
        <div class="dialog-body">
          <div class="field">
            <label for={`${id}-name`}>Name</label>
            <input id={`${id}-name`} value={name} maxLength={200} ref={focus} placeholder="Spring renewals" aria-invalid={Boolean(problem?.fields['name'])} onInput={e => setName(e.currentTarget.value)} />
            {problem?.fields['name'] && <p class="fault">{problem.fields['name']}</p>}
          </div>
          <div class="field">
            <label for={`${id}-requirement`}>Judged by</label>
            <select id={`${id}-requirement`} value={requirement} onChange={e => setRequirement(e.currentTarget.value)}>
              <option value="">The account’s default requirement</option>
              {requirements.data?.items.map(r => <option key={r.id} value={r.id}>{r.name}</option>)}
            </select>
          </div>
          <p class="hint">It takes uploads for 30 days; a further session can be opened at any time.</p>
          {problem && !problem.fields['name'] && <Failure problem={problem} />}
        </div>
        <footer>
          <Button onClick={p.onClose} disabled={busy}>Cancel</Button>
          <Button type="submit" tone="primary" busy={busy}>Make tracker</Button>
        </footer>
      </form>
    </Dialog>
  )
}
