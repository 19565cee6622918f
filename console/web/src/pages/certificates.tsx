import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useEvery, useHeard, useLoad, useSoon } from '../app.ts'
import type { Query } from '../client.ts'
import { nameOf, statusWords } from '../format.ts'
import type { Certificate, Contractor, Event, Status } from '../schema.ts'
import { searchOf } from '../search.ts'
import { Button, Empty, Failure, Head, Link, Loading, Pager } from '../ui/basics.tsx'
import { CertificateTable } from '../ui/certificate-table.tsx'
import { Icon } from '../ui/icon.tsx'
import { Upload } from '../ui/upload.tsx'

const statuses: Status[] = ['flagged', 'processing', 'pending', 'approved', 'denied', 'error']
const spans = [{ id: '', title: 'Any time' }, { id: '1', title: 'Last 24 hours' }, { id: '7', title: 'Last 7 days' }, { id: '30', title: 'Last 30 days' }, { id: '90', title: 'Last 90 days' }]
const pageSize = 25

export function Certificates() {
  const { client, place, go, say, names } = useApp()
  const { status, contractor, job, tracker, since, q, after, before } = place.query
  const [files, setFiles] = useState<File[] | null>(null)
  const [dragging, setDragging] = useState(0)
  const [typed, setTyped] = useState(q ?? '')
  useEffect(() => setTyped(q ?? ''), [q])

  const query: Query = { limit: String(pageSize), 'expand[]': 'review_results' }
  for (const [name, value] of Object.entries({ status, contractor, job, tracker })) if (value) query[name] = value
  if (q) query['filename'] = q
  const days = Number(since)
  const from = days > 0 ? Math.floor(Date.now() / 1000) - days * 86_400 : 0
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before

  const found = useLoad(
    signal => client.list<Certificate>('/files/certificates', { query: from ? { ...query, 'created[gte]': String(from) } : query, signal }), [client, JSON.stringify(query), since],
  )
  const soon = useSoon(found.reload, 700)

  useHeard(heard => {
    if (heard.kind === 'look') soon()
    if (heard.kind === 'event' && heard.event.type.startsWith('certificate.')) hear(heard.event)
  })
  const open = found.data?.items.some(c => c.status === 'pending' || c.status === 'processing') ?? false
  useEvery(soon, 15_000, open)

  // A row that is shown changes at once; its count of failed rules, and rows that come or go with the filter, follow a little later.
  const hear = (event: Event) => {
    const { id, status, updated } = event.data.object
    if (event.type !== 'certificate.expiring' && id && status) {
      found.set(page => ({ ...page, items: page.items.map(c => (c.id === id && (updated ?? 0) >= c.updated ? { ...c, status, updated: updated ?? c.updated } : c)) }))
    }
    soon()
  }

  const filter = (change: Record<string, string | null>) => go('/certificates', { ...place.query, after: null, before: null, ...change })
  const find = async (e: { preventDefault(): void }) => {
    e.preventDefault()
    const wanted = searchOf(typed)
    switch (wanted.kind) {
      case 'nothing': return filter({ q: null })
      case 'certificate': return go(`/certificates/${wanted.id}`)
      case 'filename': return filter({ q: wanted.text })
      case 'email': {
        const page = await client.list<Contractor>('/contractors', { query: { email: wanted.email } }).catch(() => null)
        const who = page?.items[0]
        if (!who) return say(page ? `No contractor has the address ${wanted.email}.` : 'The search failed. Try again.', 'bad')
        names.learn(who)
        setTyped('')
        return filter({ contractor: who.id, q: null })
      }
      default:
        setTyped('')
        return filter({ [wanted.kind]: wanted.id, q: null })
    }
  }
  const filtered = Boolean(status || contractor || job || tracker || since || q)
  const isDrag = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false

  return (
    <div
      class="page" onDragEnter={e => isDrag(e) && setDragging(n => n + 1)} onDragLeave={e => isDrag(e) && setDragging(n => Math.max(0, n - 1))}
      onDragOver={e => isDrag(e) && e.preventDefault()}
      onDrop={e => { if (!isDrag(e)) return; e.preventDefault(); setDragging(0); setFiles([...(e.dataTransfer?.files ?? [])]) }}
    >
      <Head title="Certificates">
        <Button tone="primary" icon="upload" onClick={() => setFiles([])}>Upload</Button>
      </Head>
      <nav class="pills" aria-label="Status">
        <Link to="/certificates" query={{ ...place.query, status: null, after: null, before: null }} current={!status}>All</Link>
        {statuses.map(s => (
          <Link key={s} to="/certificates" query={{ ...place.query, status: s, after: null, before: null }} current={status === s}>{statusWords[s]}</Link>
        ))}
      </nav>
      <div class="filters">
        <form role="search" class="search" onSubmit={find}>
          <Icon name="search" />
          <input type="search" aria-label="Search by file name, e-mail address of the contractor, or id" placeholder="File name, contractor’s e-mail, or id" value={typed} onInput={e => setTyped(e.currentTarget.value)} />
          <Button type="submit" small>Search</Button>
        </form>
        <label class="sr" for="since">Uploaded</label>
        <select id="since" value={since ?? ''} onChange={e => filter({ since: e.currentTarget.value || null })}>
          {spans.map(s => <option key={s.id} value={s.id}>{s.title}</option>)}
        </select>
      </div>
      {(contractor || job || tracker || q) && (
        <div class="chips">
          {contractor && <Chip text={<>Contractor <ContractorWord id={contractor} /></>} onRemove={() => filter({ contractor: null })} what="contractor" />}
          {job && <Chip text={<>Job <Link to={`/jobs/${job}`}>{job}</Link></>} onRemove={() => filter({ job: null })} what="job" />}
          {tracker && <Chip text={<>Tracker <Link to={`/trackers/${tracker}`}>{tracker}</Link></>} onRemove={() => filter({ tracker: null })} what="tracker" />}
          {q && <Chip text={<>File name has “{q}”</>} onRemove={() => filter({ q: null })} what="search" />}
        </div>
      )}
      {found.problem && <Failure problem={found.problem} retry={found.reload} />}
      {!found.data && found.loading && <Loading lines={8} />}
      {found.data && found.data.items.length > 0 && <CertificateTable items={found.data.items} label="Certificates, newest first" />}
      {found.data && !found.data.items.length && (filtered || after || before ? (
        <Empty icon="search" title="No certificate fits">
          <p>{q ? `No file name has “${q}” in it.` : 'Other filters may show more.'}</p>
          <p><Link to="/certificates">Show all certificates</Link></p>
        </Empty>
      ) : (
        <Empty icon="certificate" title="No certificates yet">
          <p>Drop PDFs on this page, or upload them by API. Their verdicts appear here as they are reached.</p>
          <Button tone="primary" icon="upload" onClick={() => setFiles([])}>Upload certificates</Button>
        </Empty>
      ))}
      {found.data && (
        <Pager
          prev={Boolean(found.data.prev)} next={Boolean(found.data.next)}
          onPrev={() => filter({ before: found.data?.prev?.['ending_before'] ?? null })} onNext={() => filter({ after: found.data?.next?.['starting_after'] ?? null })}
        />
      )}
      {dragging > 0 && !files && <div class="drop-all" aria-hidden="true"><Icon name="upload" /><p>Drop to upload</p></div>}
      {files && <Upload files={files} onClose={() => setFiles(null)} onUploaded={found.reload} />}
    </div>
  )
}

function Chip(p: { text: ComponentChildren; onRemove: () => void; what: string }) {
  return (
    <span class="chip">
      <span>{p.text}</span>
      <button type="button" onClick={p.onRemove} aria-label={`Remove the filter by ${p.what}`}><Icon name="cross" /></button>
    </span>
  )
}

function ContractorWord({ id }: { id: string }) {
  const { names } = useApp()
  const [, turn] = useState(0)
  const count = useRef(0)
  useEffect(() => names.listen(() => turn(++count.current)), [names])
  const c = names.of(id)
  return <b>{c ? `${nameOf(c)} (${c.email})` : id}</b>
}
