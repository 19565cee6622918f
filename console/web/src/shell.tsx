import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useHeard } from './app.ts'
import { match } from './router.ts'
import { Link } from './ui/basics.tsx'
import { Icon } from './ui/icon.tsx'
import { Certificates } from './pages/certificates.tsx'
import { CertificatePage } from './pages/certificate.tsx'
import { Contractors } from './pages/contractors.tsx'
import { Jobs } from './pages/jobs.tsx'
import { JobPage } from './pages/job.tsx'
import { Requirements } from './pages/requirements.tsx'
import { RequirementPage } from './pages/requirement.tsx'
import { Endpoints } from './pages/endpoints.tsx'
import { EndpointPage } from './pages/endpoint.tsx'
import { TrackerPage } from './pages/tracker.tsx'
import { Trackers } from './pages/trackers.tsx'
import { NotFound } from './pages/not-found.tsx'

const sections = [
  { path: '/certificates', title: 'Certificates', icon: 'certificate' },
  { path: '/jobs', title: 'Jobs', icon: 'jobs' },
  { path: '/trackers', title: 'Trackers', icon: 'tracker' },
  { path: '/contractors', title: 'Contractors', icon: 'person' },
  { path: '/requirements', title: 'Requirements', icon: 'rules' },
  { path: '/webhooks', title: 'Webhooks', icon: 'hook' },
]

// Shell is what stands around every page: where one is, whose account it is, and whether what is shown is live.
export function Shell() {
  const { place, account, session, signOut } = useApp()
  const nav = useRef<HTMLElement>(null)
  // On a narrow screen the sections are a row that scrolls: the current one comes into sight.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (nav.current && current) nav.current.scrollLeft = current.offsetLeft - (nav.current.clientWidth - current.offsetWidth) / 2
  }, [place.path])
  return (
    <div class="shell">
      <a class="skip" href="#main">Skip to the content</a>
      <aside>
        <Link to="/certificates" class="brand" label="certflow, certificates">
          <span class="logo" aria-hidden="true"><Icon name="check" /></span>
          <span aria-hidden="true">certflow</span>
        </Link>
        <nav aria-label="Sections" ref={nav}>
          {sections.map(s => (
            <Link key={s.path} to={s.path} class="section" current={place.path.startsWith(s.path) || (place.path === '/' && s.path === '/certificates')}>
              <Icon name={s.icon} />
              <span>{s.title}</span>
            </Link>
          ))}
          <a class="section" href="/docs" target="_blank" rel="noreferrer">
            <Icon name="docs" />
            <span>API docs<span class="sr"> (opens in a new tab)</span></span>
          </a>
        </nav>
        <div class="whose">
          <Liveness />
          <div class="account">
            <span class="account-name" title={account?.name}>{account?.name ?? session.account}</span>
            <span class={`mode ${session.live ? 'live' : 'test'}`}>{session.live ? 'Live' : 'Test'} mode</span>
          </div>
          <button type="button" class="button quiet square" onClick={signOut} aria-label="Sign out" title="Sign out">
            <Icon name="exit" />
          </button>
        </div>
      </aside>
      <main id="main" tabIndex={-1}>{pageAt(place.path)}</main>
    </div>
  )
}

function pageAt(path: string) {
  if (path === '/' || path === '/certificates') return <Certificates />
  if (path === '/jobs') return <Jobs />
  if (path === '/trackers') return <Trackers />
  if (path === '/contractors') return <Contractors />
  if (path === '/requirements') return <Requirements />
  if (path === '/webhooks') return <Endpoints />
  const certificate = match('/certificates/:id', path)
  if (certificate?.['id']) return <CertificatePage key={certificate['id']} id={certificate['id']} />
  const job = match('/jobs/:id', path)
  if (job?.['id']) return <JobPage key={job['id']} id={job['id']} />
  const tracker = match('/trackers/:id', path)
  if (tracker?.['id']) return <TrackerPage key={tracker['id']} id={tracker['id']} />
  const requirement = match('/requirements/:id', path)
  if (requirement?.['id']) return <RequirementPage key={requirement['id']} id={requirement['id']} />
  const endpoint = match('/webhooks/:id', path)
  if (endpoint?.['id']) return <EndpointPage key={endpoint['id']} id={endpoint['id']} />
  return <NotFound />
}

function Liveness() {
  const { live } = useApp()
  const [state, set] = useState(live.state)
  useHeard(heard => heard.kind === 'state' && set(heard.state))
  useEffect(() => set(live.state), [live])
  const words = { connecting: 'Connecting', live: 'Connected', polling: 'Reconnecting' }[state]
  const title = { connecting: 'Opening the stream of events', live: 'What you see follows events as they happen', polling: 'The stream of events is down; what you see is looked up every few seconds' }[state]
  return (
    <span class={`liveness ${state}`} title={title}>
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  )
}
