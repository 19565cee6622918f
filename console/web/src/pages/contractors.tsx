import { useEffect, useState } from 'preact/hooks'
import { useApp, useLoad } from '../app.ts'
import type { Query } from '../client.ts'
import { nameOf } from '../format.ts'
import type { Contractor } from '../schema.ts'
import { Badge, Button, Empty, Failure, Head, Link, Loading, Pager, Time } from '../ui/basics.tsx'
import { ContractorForm } from '../ui/contractor-form.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'

// Contractors lists whom certificates are about. Placeholders of bulk uploads are given their names here.
export function Contractors() {
  const { client, place, go, say } = useApp()
  const { email, after, before } = place.query
  const [typed, setTyped] = useState(email ?? '')
  useEffect(() => setTyped(email ?? ''), [email])
  const [open, setOpen] = useState<Contractor | 'new' | null>(null)
  const query: Query = { limit: '25' }
  if (email) query['email'] = email
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const list = useLoad(signal => client.list<Contractor>('/contractors', { query, signal }), [client, email, after, before])
  const make = <Button tone="primary" icon="plus" onClick={() => setOpen('new')}>New contractor</Button>
  return (
    <div class="page">
      <Head title="Contractors">{make}</Head>
      <form role="search" class="search" onSubmit={e => { e.preventDefault(); go('/contractors', { email: typed.trim() || null }) }}>
        <Icon name="search" />
        <input type="search" aria-label="Search by e-mail address" placeholder="Whole e-mail address" value={typed} onInput={e => setTyped(e.currentTarget.value)} />
        <Button type="submit" small>Search</Button>
      </form>
      {list.problem && <Failure problem={list.problem} retry={list.reload} />}
      {!list.data && list.loading && <Loading lines={6} />}
      {list.data && !list.data.items.length && (
        <Empty icon="person" title={email ? 'Nobody has this address' : 'No contractors yet'}>
          {email ? <p><Link to="/contractors">Show all contractors</Link></p> : <p>A certificate is about a contractor. Make one, or upload in bulk through a <Link to="/trackers">tracker</Link>, which makes placeholders.</p>}
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <ul class="cards">
          {list.data.items.map(c => (
            <li key={c.id} class="card row wrap contractor">
              <div class="grow">
                <b class="break">{nameOf(c)}</b> {c.placeholder && <Badge tone="plain">placeholder</Badge>}
                <span class="under break">{c.company_name && `${c.first_name} ${c.last_name}, `}{c.email}, made <Time at={c.created} /></span>
              </div>
              <Link to="/certificates" query={{ contractor: c.id }} label={`Certificates of ${nameOf(c)}`}>Certificates</Link>
              <Button small onClick={() => setOpen(c)} aria-label={`Change ${nameOf(c)}`}>Change</Button>
            </li>
          ))}
        </ul>
      )}
      {list.data && <Pager prev={Boolean(list.data.prev)} next={Boolean(list.data.next)} onPrev={() => go('/contractors', { email, before: list.data?.prev?.['ending_before'] })} onNext={() => go('/contractors', { email, after: list.data?.next?.['starting_after'] })} />}
      {open && (
        <Dialog title={open === 'new' ? 'New contractor' : 'Change the contractor'} onClose={() => setOpen(null)}>
          <div class="dialog-body">
            {open !== 'new' && <p class="muted">Certificates that were judged already keep their verdicts until they are evaluated again.</p>}
            <ContractorForm
              {...(open === 'new' ? {} : { contractor: open })} onCancel={() => setOpen(null)}
              onSaved={c => { setOpen(null); list.reload(); say(open === 'new' ? `${nameOf(c)} was made.` : `${nameOf(c)} was changed.`) }}
            />
          </div>
        </Dialog>
      )}
    </div>
  )
}
