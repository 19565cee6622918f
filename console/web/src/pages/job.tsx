import { useState } from 'preact/hooks'
import { useApp, useEvery, useHeard, useLoad, useSoon } from '../app.ts'
import type { Query } from '../client.ts'
import type { Certificate, Job } from '../schema.ts'
import { Badge, Button, Failure, Head, Id, Link, Loading, Pager, Time } from '../ui/basics.tsx'
import { CertificateTable } from '../ui/certificate-table.tsx'
import { Decide } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Progress } from '../ui/progress.tsx'
import { jobTones, running } from './jobs.tsx'

export function JobPage({ id }: { id: string }) {
  const { client, place, go, say, session } = useApp()
  const { after, before } = place.query
  const at = `/jobs/${encodeURIComponent(id)}`
  const query: Query = { job: id, limit: '25', 'expand[]': 'review_results' }
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const job = useLoad(signal => client.get<Job>(at, { signal }), [client, id])
  const certificates = useLoad(signal => client.list<Certificate>('/files/certificates', { query, signal }), [client, id, after, before])
  const [asking, setAsking] = useState(false)
  const reload = () => {
    job.reload()
    certificates.reload()
  }
  const soon = useSoon(reload, 600)
  const j = job.data
  const going = j ? running(j) : false
  useHeard(heard => heard.kind !== 'state' && soon())
  useEvery(reload, 2_500, going)
  const back = <Link to="/jobs" class="back-link"><Icon name="left" />Jobs</Link>
  if (!j) {
    return (
      <div class="page">
        <Head title={job.problem?.status === 404 ? 'Job not found' : 'Job'} back={back} />
        {job.problem ? <Failure problem={job.problem} retry={job.reload} /> : <Loading lines={6} />}
      </div>
    )
  }
  return (
    <div class="page">
      <Head
        title={j.name} back={back}
        under={
          <>
            {j.status && <Badge tone={jobTones[j.status]} icon={going ? 'turning' : undefined}>{j.status}</Badge>}
            <span class="muted">Made <Time at={j.created} /></span>
            {j.tracker && <Link to={`/trackers/${j.tracker}`}>Its tracker</Link>}
            <Id>{j.id}</Id>
            {session.workflows && j.status && (
              <a href={session.workflows + encodeURIComponent(j.id)} target="_blank" rel="noreferrer" class="out">Workflow in Temporal <Icon name="out" /><span class="sr"> (opens in a new tab)</span></a>
            )}
          </>
        }
      >
        {going && <Button tone="danger" icon="cross" onClick={() => setAsking(true)}>Cancel job</Button>}
      </Head>
      {job.problem && <Failure problem={job.problem} retry={job.reload} />}
      {j.fault && <div class="failure" role="alert"><Icon name="alert" /><div><p>{j.fault}</p></div></div>}
      {j.description && <p>{j.description}</p>}
      {j.counts && <div class="card"><Progress counts={j.counts} legend /></div>}
      {certificates.problem && <Failure problem={certificates.problem} retry={certificates.reload} />}
      {certificates.data && certificates.data.items.length > 0 && <CertificateTable items={certificates.data.items} label="Certificates of this job, newest first" />}
      {certificates.data && !certificates.data.items.length && <p class="muted pad">{going ? 'Its certificates appear here once they are made.' : 'This job has no certificates.'}</p>}
      {certificates.data && (
        <Pager
          prev={Boolean(certificates.data.prev)} next={Boolean(certificates.data.next)}
          onPrev={() => go(`/jobs/${id}`, { before: certificates.data?.prev?.['ending_before'] })} onNext={() => go(`/jobs/${id}`, { after: certificates.data?.next?.['starting_after'] })}
        />
      )}
      {asking && (
        <Decide
          title="Cancel the job?" action="Cancel job" tone="danger" reason="none" onClose={() => setAsking(false)}
          run={async () => { const next = await client.send<Job>('POST', `${at}/cancel`); job.set(() => next); say('The job is being cancelled.'); certificates.reload() }}
        >
          <p>Reviews that have not begun end as <b>error: cancelled</b>. What is done stays as it is.</p>
        </Decide>
      )}
    </div>
  )
}
