import { useApp, useLoad } from '../app.ts'
import type { Query } from '../client.ts'
import { plural } from '../format.ts'
import type { Requirement } from '../schema.ts'
import { Badge, Button, Empty, Failure, Head, Link, Loading, Pager, Time } from '../ui/basics.tsx'

export function Requirements() {
  const { client, place, go } = useApp()
  const { after, before } = place.query
  const query: Query = { limit: '25' }
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const list = useLoad(signal => client.list<Requirement>('/insurance_requirements', { query, signal }), [client, after, before])
  const make = <Button tone="primary" icon="plus" onClick={() => go('/requirements/new')}>New requirement</Button>
  return (
    <div class="page">
      <Head title="Requirements">{make}</Head>
      {list.problem && <Failure problem={list.problem} retry={list.reload} />}
      {!list.data && list.loading && <Loading lines={4} />}
      {list.data && !list.data.items.length && (
        <Empty icon="rules" title="No requirements yet">
          <p>A requirement says what is asked of certificates. Until there is one, nothing can be uploaded. Start from a template.</p>
          {make}
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <ul class="cards">
          {list.data.items.map(r => (
            <li key={r.id} class="card requirement-card">
              <div>
                <Link to={`/requirements/${r.id}`} class="strong">{r.name}</Link> {r.default && <Badge tone="info">default</Badge>}
                <span class="under">{plural(r.rules.length, 'rule')}, version {r.version}, changed <Time at={r.updated} /></span>
              </div>
            </li>
          ))}
        </ul>
      )}
      {list.data && <Pager prev={Boolean(list.data.prev)} next={Boolean(list.data.next)} onPrev={() => go('/requirements', { before: list.data?.prev?.['ending_before'] })} onNext={() => go('/requirements', { after: list.data?.next?.['starting_after'] })} />}
    </div>
  )
}
