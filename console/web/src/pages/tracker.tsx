import { useState } from 'preact/hooks'
import { asProblem, useApp, useHeard, useLoad, useSoon } from '../app.ts'
import type { Certificate, Tracker, TrackerSession } from '../schema.ts'
import { Badge, Button, Failure, Head, Id, Link, Loading, Time } from '../ui/basics.tsx'
import { BulkUpload } from '../ui/bulk-upload.tsx'
import { CertificateTable } from '../ui/certificate-table.tsx'
import { Icon } from '../ui/icon.tsx'
import { date } from '../zone.ts'
import { openSession } from './trackers.tsx'

const tones = { open: 'good', closed: 'plain', expired: 'warn' } as const

// TrackerPage takes a bulk upload, and opens and closes the sessions in which a tracker takes them.
export function TrackerPage({ id }: { id: string }) {
  const { client, account, say, go } = useApp()
  const at = `/trackers/${encodeURIComponent(id)}`
  const tracker = useLoad(signal => client.get<Tracker>(at, { signal }), [client, id])
  const newest = useLoad(signal => client.list<Certificate>('/files/certificates', { query: { tracker: id, limit: '10', 'expand[]': 'review_results' }, signal }), [client, id])
  const soon = useSoon(newest.reload, 1_000)
  useHeard(heard => heard.kind !== 'state' && soon())
  const [busy, setBusy] = useState(false)
  const [files, setFiles] = useState<File[] | null>(null)
  const [dragging, setDragging] = useState(0)
  const t = tracker.data
  const back = <Link to="/trackers" class="back-link"><Icon name="left" />Trackers</Link>
  if (!t) {
    return (
      <div class="page">
        <Head title={tracker.problem?.status === 404 ? 'Tracker not found' : 'Tracker'} back={back} />
        {tracker.problem ? <Failure problem={tracker.problem} retry={tracker.reload} /> : <Loading lines={5} />}
      </div>
    )
  }
  const session = openSession(t)
  const change = async (run: () => Promise<unknown>, done: string) => {
    setBusy(true)
    try {
      await run()
      say(done)
      tracker.reload()
    } catch (e) {
      say(asProblem(e).message, 'bad')
    }
    setBusy(false)
  }
  const open = () => change(() => client.send<TrackerSession>('POST', `${at}/sessions`, { body: {} }), 'A session was opened: the tracker takes uploads for 30 days.')
  const isDrag = (e: DragEvent) => Boolean(session) && (e.dataTransfer?.types.includes('Files') ?? false)
  return (
    <div
      class="page" onDragEnter={e => isDrag(e) && setDragging(n => n + 1)} onDragLeave={e => isDrag(e) && setDragging(n => Math.max(0, n - 1))} onDragOver={e => isDrag(e) && e.preventDefault()}
      onDrop={e => { if (!isDrag(e)) return; e.preventDefault(); setDragging(0); setFiles([...(e.dataTransfer?.files ?? [])]) }}
    >
      <Head
        title={t.name} back={back}
        under={
          <>
            <Badge tone={session ? 'good' : 'plain'}>{session ? 'takes uploads' : 'closed'}</Badge>
            {session && <span class="muted">until {date(session.expires_at, account?.time_zone)}</span>}
            {t.insurance_requirement && <Link to={`/requirements/${t.insurance_requirement}`}>Its requirement</Link>}
            <Id>{t.id}</Id>
          </>
        }
      >
        {session
          ? <Button tone="primary" icon="upload" onClick={() => setFiles([])}>Upload in bulk</Button>
          : <Button tone="primary" icon="plus" busy={busy} onClick={open}>Open a session</Button>}
      </Head>
      {tracker.problem && <Failure problem={tracker.problem} retry={tracker.reload} />}
      <p class="muted">{session
        ? 'Drop PDFs of many contractors here. Each file gets a placeholder contractor, whose name can be given later, and a review; the job shows how far they are.'
        : 'No session is open: uploads through this tracker are refused.'}</p>
      <section class="card" aria-label="Sessions">
        <div class="row between wrap">
          <h2>Sessions</h2>
          {session && <Button small icon="plus" busy={busy} onClick={open}>Open another</Button>}
        </div>
        <ul class="sessions">
          {t.sessions.map(s => (
            <li key={s.id} class="row wrap">
              <Badge tone={tones[s.status]}>{s.status}</Badge>
              <Id>{s.id}</Id>
              <span class="muted grow">opened <Time at={s.created} />{s.status !== 'closed' && `, ${s.status === 'open' ? 'ends' : 'ended'} ${date(s.expires_at, account?.time_zone)}`}</span>
              {s.status === 'open' && <Button small disabled={busy} aria-label={`Close session ${s.id}`} onClick={() => change(() => client.send('DELETE', `${at}/sessions/${s.id}`), 'The session was closed.')}>Close</Button>}
            </li>
          ))}
        </ul>
      </section>
      {newest.data && newest.data.items.length > 0 && (
        <section class="newest" aria-label="Newest certificates">
          <div class="row between wrap">
            <h2>Newest certificates</h2>
            <Link to="/certificates" query={{ tracker: t.id }}>All of them</Link>
          </div>
          <CertificateTable items={newest.data.items} label="The tracker’s newest certificates" />
        </section>
      )}
      {dragging > 0 && !files && <div class="drop-all" aria-hidden="true"><Icon name="upload" /><p>Drop to upload in bulk</p></div>}
      {files && <BulkUpload tracker={t} files={files} onClose={() => setFiles(null)} onMade={job => { say('The upload is safe; its reviews have begun.'); go(`/jobs/${job}`) }} />}
    </div>
  )
}
