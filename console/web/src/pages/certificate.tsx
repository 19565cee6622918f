import { useEffect, useState } from 'preact/hooks'
import { useApp, useEvery, useHeard, useLoad, useSoon } from '../app.ts'
import { pathsFor } from '../boxes.ts'
import { readers, spent, statusWords } from '../format.ts'
import type { AuditResult, Certificate, Delivery, Evidence, History } from '../schema.ts'
import { Button, ContractorName, Failure, Head, Id, Link, Loading, StatusBadge, Time } from '../ui/basics.tsx'
import { Decide } from '../ui/dialog.tsx'
import { FieldList } from '../ui/field-list.tsx'
import { Icon } from '../ui/icon.tsx'
import { RuleList } from '../ui/rule-list.tsx'
import { Timeline } from '../ui/timeline.tsx'
import { Deliveries } from '../ui/deliveries.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Viewer, type Chosen } from '../ui/viewer.tsx'
import { labelOf, titleOf } from '../reading.ts'

type Asking = { kind: 'approve' | 'deny' | 'reevaluate' | 'delete' } | { kind: 'rule'; rule: AuditResult } | null

const none: Record<string, Evidence> = {}

export function CertificatePage({ id }: { id: string }) {
  const { client, go, say, session, account } = useApp()
  const at = `/files/certificates/${encodeURIComponent(id)}`
  const certificate = useLoad(signal => client.get<Certificate>(at, { query: { 'expand[]': 'review_results.full' }, signal }), [client, id])
  const history = useLoad(signal => client.get<History>(`${at}/history`, { signal }), [client, id])
  const deliveries = useLoad(signal => client.list<Delivery>('/deliveries', { query: { object: id, limit: '50' }, signal }), [client, id])
  const [tab, setTab] = useState('rules')
  const [chosen, setChosen] = useState<(Chosen & { key: string }) | null>(null)
  const [asking, setAsking] = useState<Asking>(null)
  const reload = () => {
    certificate.reload()
    history.reload()
    deliveries.reload()
  }
  const soon = useSoon(reload, 300)
  useHeard(heard => {
    if (heard.kind === 'look' || (heard.kind === 'event' && heard.event.data.object.id === id)) soon()
  })
  const c = certificate.data
  const open = c ? c.status === 'pending' || c.status === 'processing' : false
  useEvery(reload, 4_000, open)
  // Deliveries go on after the verdict, and no event tells of them.
  useEvery(deliveries.reload, 5_000, tab === 'deliveries')

  const [told, setTold] = useState<string | null>(null)
  useEffect(() => {
    if (!c) return
    if (told && told !== c.status && !open) say(`The certificate is now ${statusWords[c.status].toLowerCase()}.`)
    setTold(c.status)
  }, [c?.status])

  if (!c) {
    return (
      <div class="page">
        <Head title={certificate.problem?.status === 404 ? 'Certificate not found' : 'Certificate'} back={<Back />} />
        {certificate.problem ? <Failure problem={certificate.problem} retry={certificate.reload} /> : <Loading lines={10} />}
      </div>
    )
  }

  const review = c.review_results
  const evidence = review?.evidence ?? none
  const rules = review?.audit_results ?? []
  const standing = rules.filter(r => r.result === 'fail' && !r.manually_approved)
  const threshold = account?.confidence_threshold ?? 0.8
  const flagged = c.status === 'flagged'

  const chooseRule = (r: AuditResult) => choose(r.id, pathsFor(r, evidence), r.result === 'pass' ? 'good' : 'bad')
  const choose = (key: string, paths: string[], tone: Chosen['tone']) => setChosen(was => ({ key, paths, tone, turn: (was?.turn ?? 0) + 1 }))
  const decide = async (path: string, body: object, done: string) => {
    const next = await client.send<Certificate>('POST', at + path, { body })
    certificate.set(() => next)
    history.reload()
    deliveries.reload()
    say(done)
  }

  return (
    <div class="page certificate">
      <Head
        title={c.filename} back={<Back />}
        under={
          <>
            <StatusBadge status={c.status} />
            <span><Link to="/certificates" query={{ contractor: c.contractor }}><ContractorName id={c.contractor} /></Link></span>
            <span class="muted">Uploaded <Time at={c.created} /></span>
            {review?.requirement && <span><Link to={`/requirements/${review.requirement.id}`} query={{ try: c.id }}>Requirement, version {review.requirement.version}</Link></span>}
            {c.job && <span><Link to={`/jobs/${c.job}`}>Job</Link></span>}
            {review?.parser && <span class="muted">Read by {readers(review.parser.name)}</span>}
            {!!review?.model_calls?.length && <span class="muted">{spent(review.model_calls)}</span>}
            <Id>{c.id}</Id>
            {session.workflows && (
              <a href={session.workflows + encodeURIComponent(`certificate/${session.account}/${c.id}`)} target="_blank" rel="noreferrer" class="out">
                Workflow in Temporal <Icon name="out" /><span class="sr"> (opens in a new tab)</span>
              </a>
            )}
          </>
        }
      >
        {flagged && (
          <Button tone="primary" icon="check" disabled={standing.length > 0} title={standing.length ? 'Approve or settle the failed rules first' : undefined} onClick={() => setAsking({ kind: 'approve' })}>Approve</Button>
        )}
        {(flagged || c.status === 'approved') && <Button tone="danger" icon="cross" onClick={() => setAsking({ kind: 'deny' })}>Deny</Button>}
        {(flagged || c.status === 'approved' || c.status === 'denied' || (c.status === 'error' && review?.parsed_certificate_json)) && (
          <Button icon="again" onClick={() => setAsking({ kind: 'reevaluate' })}>Re-evaluate</Button>
        )}
        <Button class="square" onClick={() => setAsking({ kind: 'delete' })} aria-label="Delete the certificate" title="Delete"><Icon name="bin" /></Button>
      </Head>
      {certificate.problem && <Failure problem={certificate.problem} retry={certificate.reload} />}
      {review?.error && (
        <div class="failure" role="alert"><Icon name="alert" /><div><p><b>{errorWords[review.error.code] ?? 'The review ended in an error'}</b></p><p>{review.error.message}</p></div></div>
      )}
      {flagged && (
        <p class={`banner ${standing.length ? 'warn' : 'good'}`}>
          <Icon name={standing.length ? 'flag' : 'check'} />
          {standing.length
            ? <span><b>{standing.length === 1 ? 'One failed rule needs a decision.' : `${standing.length} failed rules need a decision.`}</b> Look at each on the page; approve it if it is good enough, or deny the certificate.</span>
            : <span><b>Every failed rule was approved.</b> The certificate can be approved now.</span>}
        </p>
      )}
      <div class="split">
        {c.pdf_url
          ? <Viewer url={c.pdf_url} filename={c.filename} evidence={evidence} chosen={chosen} labelOf={path => describe(path)} onStale={certificate.reload}
              onPick={path => { setTab('fields'); choose(path, [path], 'info') }} />
          : <section class="viewer" aria-label="The certificate’s PDF"><div class="viewer-frame waiting"><Waiting open={open} /></div></section>}
        <div class="panel">
          <Tabs
            label="About this certificate" chosen={tab} onChoose={setTab}
            tabs={[
              { id: 'rules', title: 'Rules', count: standing.length || null, tone: 'bad' }, { id: 'fields', title: 'Fields' },
              { id: 'history', title: 'History' }, { id: 'deliveries', title: 'Deliveries', count: deliveries.data?.items.length || null },
            ]}
          >
            {tab === 'rules' && <RuleList rules={rules} open={open} chosen={chosen?.key ?? null} threshold={threshold} evidence={evidence} onChoose={chooseRule} onApprove={flagged ? rule => setAsking({ kind: 'rule', rule }) : null} />}
            {tab === 'fields' && <FieldList parsed={review?.parsed_certificate_json ?? null} evidence={evidence} threshold={threshold} chosen={chosen?.key ?? null} open={open} onChoose={(path, paths) => choose(path, paths, 'info')} />}
            {tab === 'history' && <Timeline history={history} rules={rules} ownKey={session.key} />}
            {tab === 'deliveries' && <Deliveries loaded={deliveries} endpoints empty="No endpoint takes events of this certificate, or it has had none yet." />}
          </Tabs>
        </div>
      </div>
      {asking?.kind === 'rule' && (
        <Decide title="Approve this failed rule?" action="Approve rule" reason="optional" onClose={() => setAsking(null)} run={reason => decide(`/audit_results/${asking.rule.id}/approve`, { reason: reason || null }, 'Rule approved.')}>
          <p class="quoted"><b>{asking.rule.rule_name}</b><br />{asking.rule.message}</p>
          <p class="muted">The rule stays failed; that a person approved it is recorded beside it.</p>
        </Decide>
      )}
      {asking?.kind === 'approve' && (
        <Decide title="Approve the certificate?" action="Approve" reason="optional" onClose={() => setAsking(null)} run={reason => decide('/approve', { reason: reason || null }, 'Certificate approved.')}>
          <p>The event <code>certificate.approved</code> is sent to your endpoints.</p>
        </Decide>
      )}
      {asking?.kind === 'deny' && (
        <Decide title="Deny the certificate?" action="Deny" tone="danger" reason="required" hint="Kept with the decision. Say what the contractor has to change." onClose={() => setAsking(null)} run={reason => decide('/deny', { reason }, 'Certificate denied.')}>
          <p>The event <code>certificate.denied</code> is sent to your endpoints.</p>
        </Decide>
      )}
      {asking?.kind === 'reevaluate' && <Reevaluate c={c} decided={decidedByPerson(history.data)} onClose={() => setAsking(null)} run={body => decide('/reevaluate', body, 'Evaluated again.')} />}
      {asking?.kind === 'delete' && (
        <Decide
          title="Delete the certificate?" action="Delete" tone="danger" reason="none" onClose={() => setAsking(null)}
          run={async () => { await client.send('DELETE', at); say('Certificate deleted.'); go('/certificates') }}
        >
          <p><b>{c.filename}</b> will be gone from every list. {open && 'Its review is cancelled, and no event is sent.'} It is kept for audit.</p>
        </Decide>
      )}
    </div>
  )
}

function Back() {
  return <Link to="/certificates" class="back-link"><Icon name="left" />Certificates</Link>
}

function Waiting({ open }: { open: boolean }) {
  return (
    <div class="empty">
      <Icon name={open ? 'turning' : 'page'} />
      <h2>{open ? 'The review is under way' : 'No PDF to show'}</h2>
      <p>{open ? 'The page and what was read from it appear here by themselves.' : 'The file was not kept, or could not be stored.'}</p>
    </div>
  )
}

function Reevaluate(p: { c: Certificate; decided: boolean; run: (body: object) => Promise<void>; onClose: () => void }) {
  const [override, setOverride] = useState(false)
  return (
    <Decide title="Evaluate again?" action="Re-evaluate" reason="optional" onClose={p.onClose} run={reason => p.run({ reason: reason || null, ...(override ? { override: true } : {}) })}>
      <p>What was read is judged again by the requirement’s current version, with today’s date. The PDF is not read again.</p>
      {p.decided && (
        <label class="check"><input type="checkbox" checked={override} onChange={e => setOverride(e.currentTarget.checked)} /> Set aside the decision that a person took. The history shows it.</label>
      )}
    </Decide>
  )
}

// decidedByPerson reports whether the last word on a certificate was a person's.
function decidedByPerson(history: History | null): boolean {
  const last = (history?.history ?? []).filter(h => ['evaluated', 'approved', 'denied', 'reevaluated', 'rule_approved'].includes(h.kind)).at(-1)
  return last !== undefined && last.actor !== 'certflow' && (last.kind === 'approved' || last.kind === 'denied')
}

function describe(path: string): string {
  const name = path.split('.').filter(part => !/^\d+$/.test(part)).at(-1) ?? path
  const title = titleOf(path)
  return title ? `${title}: ${labelOf(name).toLowerCase()}` : labelOf(name)
}

const errorWords: Record<string, string> = {
  unreadable: 'The PDF cannot be read', password_protected: 'The PDF is protected by a password', not_a_certificate: 'This is no certificate of liability insurance',
  several_certificates: 'The file holds several certificates', reader_unavailable: 'What reads certificates could not be reached', timed_out: 'The review took too long',
  cancelled: 'The review was cancelled', internal: 'The review failed',
}
