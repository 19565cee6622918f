import { useState } from 'preact/hooks'
import { asProblem, useApp, useLoad, useNow, type Loaded } from '../app.ts'
import type { Page } from '../client.ts'
import { plural, reasonWords, until } from '../format.ts'
import type { Delivery, DeliveryStatus } from '../schema.ts'
import { Badge, Button, Failure, Id, Link, Loading, Time } from './basics.tsx'
import { Icon } from './icon.tsx'

const tones: Record<DeliveryStatus, 'good' | 'bad' | 'warn' | 'info' | 'plain'> = {
  pending: 'info', succeeded: 'good', failed: 'bad', exhausted: 'bad', skipped: 'plain', cancelled: 'plain',
}

// Deliveries lists the ways of events to endpoints. Each opens to its attempts.
export function Deliveries(p: { loaded: Loaded<Page<Delivery>>; endpoints: boolean; empty: string }) {
  if (p.loaded.problem && !p.loaded.data) return <Failure problem={p.loaded.problem} retry={p.loaded.reload} />
  if (!p.loaded.data) return <Loading lines={4} />
  if (!p.loaded.data.items.length) return <p class="muted pad">{p.empty}</p>
  return (
    <ul class="deliveries">
      {p.loaded.data.items.map(d => <One key={d.id} d={d} endpoints={p.endpoints} onChange={p.loaded.reload} />)}
    </ul>
  )
}

function One({ d, endpoints, onChange }: { d: Delivery; endpoints: boolean; onChange: () => void }) {
  const { client, say } = useApp()
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const now = useNow()
  const resend = async () => {
    setBusy(true)
    try {
      await client.send('POST', `/deliveries/${d.id}/resend`)
      say('Sent again, as a new delivery.')
      onChange()
    } catch (e) {
      say(asProblem(e).message, 'bad')
    }
    setBusy(false)
  }
  return (
    <li class="delivery">
      <div class="delivery-head">
        <button type="button" class="delivery-main" aria-expanded={open} aria-controls={`${d.id}-attempts`} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'up' : 'down'} />
          <span class="delivery-text">
            <span class="row wrap"><b>{d.event_type}</b><Badge tone={tones[d.status] ?? 'plain'}>{d.status}</Badge></span>
            <span class="under">
              <Time at={d.created} />, {plural(d.attempt_count, 'attempt')}
              {d.status === 'pending' && d.next_attempt_at ? `, next ${until(d.next_attempt_at, now)}` : ''}
              {d.reason && d.status !== 'succeeded' ? `: ${reasonWords(d.reason)}` : ''}
            </span>
          </span>
        </button>
        <Button small icon="send" busy={busy} onClick={resend} aria-label={`Resend ${d.event_type}`}>Resend</Button>
      </div>
      <div id={`${d.id}-attempts`} hidden={!open}>{open && <Attempts d={d} endpoints={endpoints} />}</div>
    </li>
  )
}

function Attempts({ d, endpoints }: { d: Delivery; endpoints: boolean }) {
  const { client } = useApp()
  const full = useLoad(signal => client.get<Delivery>(`/deliveries/${d.id}`, { signal }), [d.id, d.updated, d.attempt_count])
  if (full.problem) return <Failure problem={full.problem} retry={full.reload} />
  if (!full.data) return <Loading lines={2} />
  const attempts = full.data.attempts ?? []
  return (
    <div class="attempts">
      <p class="under">Delivery <Id>{d.id}</Id> of event <Id>{d.event}</Id>{endpoints && <> to <Link to={`/webhooks/${d.webhook_endpoint}`}>its endpoint</Link></>}</p>
      {!attempts.length && <p class="muted">No attempt was made yet.</p>}
      {attempts.map(a => (
        <div key={a.number} class="attempt">
          <span class="row wrap">
            <Badge tone={a.status_code && a.status_code >= 200 && a.status_code < 300 ? 'good' : 'bad'}>{a.status_code ?? 'no answer'}</Badge>
            <span class="muted">Attempt {a.number}, <Time at={a.created} />, {a.duration_ms} ms{a.remote_ip ? ` to ${a.remote_ip}` : ''}{a.error_class ? `: ${a.detail || reasonWords(a.error_class)}` : ''}</span>
          </span>
          {a.answer && <pre tabIndex={0} aria-label={`Answer to attempt ${a.number}`}>{a.answer}</pre>}
        </div>
      ))}
    </div>
  )
}
