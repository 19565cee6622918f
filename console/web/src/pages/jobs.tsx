import { useApp, useEvery, useHeard, useLoad, useSoon } from '../app.ts'
import type { Query } from '../client.ts'
import type { Job, JobStatus } from '../schema.ts'
import { Badge, Empty, Failure, Head, Link, Loading, Pager, Time } from '../ui/basics.tsx'
import { Progress } from '../ui/progress.tsx'

export const jobTones: Record<JobStatus, 'good' | 'bad' | 'warn' | 'info' | 'plain'> = { provisioning: 'info', running: 'info', completed: 'good', cancelled: 'plain', failed: 'bad' }

export function Jobs() {
  const { client, place, go } = useApp()
  const { after, before } = place.query
  const query: Query = { limit: '25' }
  if (after) query['starting_after'] = after
  if (before) query['ending_before'] = before
  const jobs = useLoad(signal => client.list<Job>('/jobs', { query, signal }), [client, after, before])
  const soon = useSoon(jobs.reload, 1_000)
  useHeard(heard => heard.kind !== 'state' && soon())
  useEvery(jobs.reload, 3_000, jobs.data?.items.some(running) ?? false)
  return (
    <div class="page">
      <Head title="Jobs" />
      {jobs.problem && <Failure problem={jobs.problem} retry={jobs.reload} />}
      {!jobs.data && jobs.loading && <Loading lines={6} />}
      {jobs.data && !jobs.data.items.length && (
        <Empty icon="jobs" title="No jobs yet">
          <p>A bulk upload through a <Link to="/trackers">tracker</Link> makes a job, which shows here how far its reviews are.</p>
        </Empty>
      )}
      {jobs.data && jobs.data.items.length > 0 && (
        <ul class="cards">
          {jobs.data.items.map(j => (
            <li key={j.id} class="card job">
              <div class="job-name">
                <Link to={`/jobs/${j.id}`} class="strong">{j.name}</Link>
                <span class="under"><Time at={j.created} />{j.tracker && <>, through <Link to={`/trackers/${j.tracker}`}>its tracker</Link></>}</span>
              </div>
              {j.status && <Badge tone={jobTones[j.status]} icon={running(j) ? 'turning' : undefined}>{j.status}</Badge>}
              {j.counts ? <Progress counts={j.counts} /> : <span class="muted">No bulk upload</span>}
            </li>
          ))}
        </ul>
      )}
      {jobs.data && (
        <Pager prev={Boolean(jobs.data.prev)} next={Boolean(jobs.data.next)} onPrev={() => go('/jobs', { before: jobs.data?.prev?.['ending_before'] })} onNext={() => go('/jobs', { after: jobs.data?.next?.['starting_after'] })} />
      )}
    </div>
  )
}

export function running(j: Job): boolean {
  return j.status === 'provisioning' || j.status === 'running'
}
