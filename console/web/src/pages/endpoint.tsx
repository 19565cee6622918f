import { useId, useState } from 'preact/hooks'
import { asProblem, useApp, useEvery, useHeard, useLoad, useSoon } from '../app.ts'
import type { Query } from '../client.ts'
import type { Delivery, Endpoint } from '../schema.ts'
import { Badge, Button, Failure, Head, Id, Link, Loading, Pager, Time } from '../ui/basics.tsx'
import { Decide, Secret } from '../ui/dialog.tsx'
import { Deliveries } from '../ui/deliveries.tsx'
import { Health } from '../ui/health.tsx'
import { Icon } from '../ui/icon.tsx'
import { readTyped, typed } from '../zone.ts'
import { EndpointForm } from './endpoints.tsx'

type Asking = 'rotate' | 'recover' | 'disable' | 'delete' | 'edit' | null

const overlaps = [{ seconds: 0, title: 'at once' }, { seconds: 3600, title: 'after an hour' }, { seconds: 86_400, title: 'after a day' }, { seconds: 7 * 86_400, title: 'after a week' }]
const filters = [{ id: '', title: 'All' }, { id: 'pending', title: 'Pending' }, { id: 'succeeded', title: 'Succeeded' }, { id: 'failed', title: 'Failed' }, { id: 'exhausted', title: 'Exhausted' }, { id: 'skipped', title: 'Skipped' }]

export function EndpointPage({ id }: { id: string }) {
  const { client, account, place, go, say } = useApp()
  const { status, after, before } = place.query
  const at = `/webhook_endpoints/${encodeURIComponent(id)}`
  const endpoint = useLoad(signal => client.get<Endpoint>(at, { signal }), [client, id])
  const recent = useLoad(signal => client.list<Delivery>(`${at}/deliveries`, { query: { limit: '30' }, signal }), [client, id])
  const query: Query = { limit: '25' }
  if (status) query['status'] = status
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const deliveries = useLoad(signal => client.list<Delivery>(`${at}/deliveries`, { query, signal }), [client, id, status, after, before])
  const [asking, setAsking] = useState<Asking>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const [overlap, setOverlap] = useState(86_400)
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const [testing, setTesting] = useState(false)
  const field = useId()
  const zone = account?.time_zone
  const recover = () => {
    setSince(typed(Date.now() / 1000 - 86_400, zone))
    setUntil('')
    setAsking('recover')
  }
  const reload = () => {
    recent.reload()
    deliveries.reload()
  }
  const soon = useSoon(reload, 1_000)
  useHeard(heard => heard.kind !== 'state' && soon())
  useEvery(reload, 4_000, deliveries.data?.items.some(d => d.status === 'pending') ?? false)

  const e = endpoint.data
  const back = <Link to="/webhooks" class="back-link"><Icon name="left" />Webhooks</Link>
  if (!e) {
    return (
      <div class="page">
        <Head title={endpoint.problem?.status === 404 ? 'Endpoint not found' : 'Endpoint'} back={back} />
        {endpoint.problem ? <Failure problem={endpoint.problem} retry={endpoint.reload} /> : <Loading lines={6} />}
      </div>
    )
  }
  const test = async () => {
    setTesting(true)
    try {
      await client.send('POST', `${at}/test`)
      say('A ping is on its way.')
      reload()
    } catch (e) {
      say(asProblem(e).message, 'bad')
    }
    setTesting(false)
  }
  const put = async (body: Partial<Endpoint>, done: string) => {
    const next = await client.send<Endpoint>('PUT', at, { body })
    endpoint.set(() => next)
    say(done)
  }
  return (
    <div class="page">
      <Head
        title={e.url} back={back}
        under={<><Badge tone={e.status === 'enabled' ? 'good' : 'bad'}>{e.status}</Badge>{e.description && <span>{e.description}</span>}<span class="muted">Added <Time at={e.created} /></span><Id>{e.id}</Id></>}
      >
        <Button icon="send" busy={testing} onClick={test}>Send a test</Button>
        <Button onClick={() => setAsking('edit')}>Edit</Button>
        <Button class="square" aria-label="Delete the endpoint" title="Delete" onClick={() => setAsking('delete')}><Icon name="bin" /></Button>
      </Head>
      {endpoint.problem && <Failure problem={endpoint.problem} retry={endpoint.reload} />}
      {e.status === 'disabled' && (
        <div class="failure" role="alert">
          <Icon name="alert" />
          <div>
            <p><b>Nothing is sent to this endpoint.</b> {e.disabled_reason} What was skipped can be recovered once it is enabled.</p>
            <Button small onClick={() => put({ status: 'enabled' }, 'The endpoint is enabled.').catch((x: unknown) => say(asProblem(x).message, 'bad'))}>Enable</Button>
          </div>
        </div>
      )}
      <div class="facts">
        <div class="card"><h2>Health</h2><Health deliveries={recent.data?.items ?? null} /></div>
        <div class="card"><h2>Events</h2><p class="tags">{e.events.map(t => <code key={t}>{t === '*' ? 'every event' : t}</code>)}</p></div>
        <div class="card">
          <h2>Keep it going</h2>
          <p class="row wrap">
            <Button small icon="key" onClick={() => setAsking('rotate')}>Rotate secret</Button>
            <Button small icon="again" onClick={recover}>Recover</Button>
            {e.status === 'enabled' && <Button small onClick={() => setAsking('disable')}>Disable</Button>}
          </p>
        </div>
      </div>
      <h2>Deliveries</h2>
      <nav class="pills" aria-label="Status of deliveries">
        {filters.map(f => <Link key={f.id} to={`/webhooks/${id}`} query={{ status: f.id }} current={(status ?? '') === f.id}>{f.title}</Link>)}
      </nav>
      <Deliveries loaded={deliveries} endpoints={false} empty={status ? 'No delivery is in this status.' : 'Nothing was sent yet. Send a test to see one arrive.'} />
      {deliveries.data && (
        <Pager
          prev={Boolean(deliveries.data.prev)} next={Boolean(deliveries.data.next)} onPrev={() => go(`/webhooks/${id}`, { status, before: deliveries.data?.prev?.['ending_before'] })}
          onNext={() => go(`/webhooks/${id}`, { status, after: deliveries.data?.next?.['starting_after'] })}
        />
      )}
      {asking === 'edit' && <EndpointForm endpoint={e} onClose={() => setAsking(null)} onSaved={next => { setAsking(null); endpoint.set(() => next); say('Saved.') }} />}
      {asking === 'rotate' && (
        <Decide
          title="Rotate the secret?" action="Rotate" reason="none" onClose={() => setAsking(null)}
          run={async () => { const next = await client.send<Endpoint>('POST', `${at}/rotate_secret`, { body: { expire_after: overlap } }); setSecret(next.secret ?? null) }}
        >
          <p>A fresh secret signs from now on, and is shown once. The old one signs beside it until it ends, so that your receiver can change over.</p>
          <div class="field">
            <label for={`${field}-overlap`}>The old secret ends</label>
            <select id={`${field}-overlap`} value={String(overlap)} onChange={x => setOverlap(Number(x.currentTarget.value))}>
              {overlaps.map(o => <option key={o.seconds} value={String(o.seconds)}>{o.title}</option>)}
            </select>
          </div>
        </Decide>
      )}
      {asking === 'recover' && (
        <Decide
          title="Recover what did not arrive?" action="Recover" reason="none" onClose={() => setAsking(null)}
          run={async () => {
            const body = { since: readTyped(since, zone), ...(until ? { until: readTyped(until, zone) } : {}) }
            await client.send('POST', `${at}/recover`, { body })
            say('Events that never arrived are being sent again.')
            reload()
          }}
        >
          <p>Events of this span that never arrived here are sent again{zone ? `; its times are those of ${zone.replaceAll('_', ' ')}` : ''}.</p>
          <div class="span">
            <div class="field"><label for={`${field}-since`}>From</label><input id={`${field}-since`} type="datetime-local" value={since} required onInput={x => setSince(x.currentTarget.value)} /></div>
            <div class="field"><label for={`${field}-until`}>Until <span class="muted">(now, unless given)</span></label><input id={`${field}-until`} type="datetime-local" value={until} onInput={x => setUntil(x.currentTarget.value)} /></div>
          </div>
        </Decide>
      )}
      {asking === 'disable' && (
        <Decide title="Disable the endpoint?" action="Disable" tone="danger" reason="none" onClose={() => setAsking(null)} run={() => put({ status: 'disabled' }, 'The endpoint is disabled.')}>
          <p>Events are recorded as skipped meanwhile, and can be recovered.</p>
        </Decide>
      )}
      {asking === 'delete' && (
        <Decide title="Delete the endpoint?" action="Delete" tone="danger" reason="none" onClose={() => setAsking(null)} run={async () => { await client.send('DELETE', at); say('Endpoint deleted.'); go('/webhooks') }}>
          <p>Nothing is sent to <b class="break">{e.url}</b> any more, what waits included.</p>
        </Decide>
      )}
      {secret && <Secret title="The new secret" secret={secret} onClose={() => setSecret(null)}><p>Requests to this endpoint are signed with it from now on.</p></Secret>}
    </div>
  )
}
