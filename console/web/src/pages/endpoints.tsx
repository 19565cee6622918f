import { useId, useState } from 'preact/hooks'
import { asProblem, useApp, useLoad } from '../app.ts'
import type { Problem } from '../client.ts'
import { plural } from '../format.ts'
import { eventTypes, type Delivery, type Endpoint } from '../schema.ts'
import { Badge, Button, Empty, Failure, Head, Link, Loading } from '../ui/basics.tsx'
import { Dialog, Secret } from '../ui/dialog.tsx'
import { Health } from '../ui/health.tsx'

export function Endpoints() {
  const { client } = useApp()
  const list = useLoad(signal => client.list<Endpoint>('/webhook_endpoints', { query: { limit: '100' }, signal }), [client])
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<Endpoint | null>(null)
  const make = <Button tone="primary" icon="plus" onClick={() => setMaking(true)}>Add endpoint</Button>
  return (
    <div class="page">
      <Head title="Webhooks">{make}</Head>
      {list.problem && <Failure problem={list.problem} retry={list.reload} />}
      {!list.data && list.loading && <Loading lines={3} />}
      {list.data && !list.data.items.length && (
        <Empty icon="hook" title="No endpoints yet">
          <p>An endpoint of yours is told when a review ends. Every request is signed.</p>
          {make}
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <ul class="cards">
          {list.data.items.map(e => <Card key={e.id} e={e} />)}
        </ul>
      )}
      {making && <EndpointForm onClose={() => setMaking(false)} onSaved={e => { setMaking(false); setMade(e); list.reload() }} />}
      {made?.secret && (
        <Secret title="Endpoint added" secret={made.secret} onClose={() => setMade(null)}>
          <p>This secret signs what is sent to <b class="break">{made.url}</b>.</p>
        </Secret>
      )}
    </div>
  )
}

function Card({ e }: { e: Endpoint }) {
  const { client } = useApp()
  const recent = useLoad(signal => client.list<Delivery>(`/webhook_endpoints/${e.id}/deliveries`, { query: { limit: '30' }, signal }), [client, e.id])
  return (
    <li class="card endpoint">
      <div class="grow">
        <Link to={`/webhooks/${e.id}`} class="strong break">{e.url}</Link>
        <span class="under">{e.description ? `${e.description}, ` : ''}{e.events.includes('*') ? 'every event' : plural(e.events.length, 'event type')}</span>
        {e.disabled_reason && <span class="fault">{e.disabled_reason}</span>}
      </div>
      <Health deliveries={recent.data?.items ?? null} />
      <Badge tone={e.status === 'enabled' ? 'good' : 'bad'}>{e.status}</Badge>
    </li>
  )
}

// EndpointForm makes an endpoint or changes one.
export function EndpointForm(p: { endpoint?: Endpoint; onClose: () => void; onSaved: (e: Endpoint) => void }) {
  const { client } = useApp()
  const [url, setUrl] = useState(p.endpoint?.url ?? '')
  const [description, setDescription] = useState(p.endpoint?.description ?? '')
  const [events, setEvents] = useState<string[]>(p.endpoint?.events ?? ['certificate.approved', 'certificate.flagged', 'certificate.denied', 'certificate.error'])
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const id = useId()
  const all = events.includes('*')
  const submit = async (e: Event) => {
    e.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = { url: url.trim(), description: description.trim() || null, events }
    try {
      p.onSaved(p.endpoint ? await client.send<Endpoint>('PUT', `/webhook_endpoints/${p.endpoint.id}`, { body }) : await client.send<Endpoint>('POST', '/webhook_endpoints', { body }))
    } catch (e) {
      setProblem(asProblem(e))
      setBusy(false)
    }
  }
  const fault = (name: string) => Object.entries(problem?.fields ?? {}).find(([field]) => field === name || field.startsWith(name + '['))?.[1]
  return (
    <Dialog title={p.endpoint ? 'Change the endpoint' : 'Add an endpoint'} onClose={p.onClose} locked={busy}>
      <form onSubmit={submit} noValidate>
        <div class="dialog-body">
          <div class="field">
            <label for={`${id}-url`}>URL</label>
            <input id={`${id}-url`} type="url" class="mono" value={url} placeholder="https://example.com/webhooks" autoFocus spellcheck={false} aria-invalid={Boolean(fault('url'))} aria-describedby={`${id}-url-hint`} onInput={e => setUrl(e.currentTarget.value)} />
            <p id={`${id}-url-hint`} class={fault('url') ? 'fault' : 'hint'}>{fault('url') ?? 'https, at an address that the internet reaches.'}</p>
          </div>
          <div class="field">
            <label for={`${id}-description`}>Description <span class="muted">(optional)</span></label>
            <input id={`${id}-description`} value={description} maxLength={500} onInput={e => setDescription(e.currentTarget.value)} />
          </div>
          <fieldset>
            <legend>Events</legend>
            <label class="check"><input type="checkbox" checked={all} onChange={e => setEvents(e.currentTarget.checked ? ['*'] : ['certificate.approved', 'certificate.flagged', 'certificate.denied', 'certificate.error'])} /> Every event, those of later releases included</label>
            {!all && <div class="event-choice">{eventTypes.filter(t => t !== 'ping').map(t => (
              <label key={t} class="check"><input type="checkbox" checked={events.includes(t)} onChange={e => setEvents(e.currentTarget.checked ? [...events, t] : events.filter(x => x !== t))} /> <code>{t}</code></label>
            ))}</div>}
            {fault('events') && <p class="fault">{fault('events')}</p>}
          </fieldset>
          {problem && !fault('url') && !fault('events') && <Failure problem={problem} />}
        </div>
        <footer>
          <Button onClick={p.onClose} disabled={busy}>Cancel</Button>
          <Button tone="primary" type="submit" busy={busy} disabled={!events.length || !url.trim()}>{p.endpoint ? 'Save' : 'Add endpoint'}</Button>
        </footer>
      </form>
    </Dialog>
  )
}
