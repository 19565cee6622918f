import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { plural } from '../format.ts'
import type { Certificate } from '../schema.ts'
import { Badge, ContractorName, Link, StatusBadge, Time } from './basics.tsx'

// CertificateTable lists certificates. A row that changed while it was looked at lights up for a moment.
export function CertificateTable({ items, label }: { items: Certificate[]; label: string }) {
  return (
    <div class="table-wrap">
      <table class="certificates">
        <caption class="sr">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">File</th>
            <th scope="col">Contractor</th>
            <th scope="col">Rules</th>
            <th scope="col" class="right">Uploaded</th>
          </tr>
        </thead>
        <tbody>
          {items.map(c => <Row key={c.id} c={c} />)}
        </tbody>
      </table>
    </div>
  )
}

function Row({ c }: { c: Certificate }) {
  const { go } = useApp()
  const [seen, setSeen] = useState(c.status)
  const changed = seen !== c.status
  useEffect(() => {
    if (!changed) return
    const timer = setTimeout(() => setSeen(c.status), 2_500)
    return () => clearTimeout(timer)
  }, [c.status, changed])
  // The whole row may be clicked; the link in it is what keyboards and screen readers use.
  const open = (e: MouseEvent) => {
    if (e.target instanceof Element && !e.target.closest('a') && !getSelection()?.toString()) go(`/certificates/${c.id}`)
  }
  return (
    <tr class={changed ? 'changed' : ''} onClick={open}>
      <td data-label="Status"><StatusBadge status={c.status} /></td>
      <td data-label="File" class="file"><Link to={`/certificates/${c.id}`} class="strong">{c.filename}</Link></td>
      <td data-label="Contractor"><ContractorName id={c.contractor} /></td>
      <td data-label="Rules"><RuleCount c={c} /></td>
      <td data-label="Uploaded" class="right muted"><Time at={c.created} /></td>
    </tr>
  )
}

function RuleCount({ c }: { c: Certificate }) {
  const summary = c.review_results?.summary
  if (!summary || c.status === 'error') return <span class="muted" aria-label="none">–</span>
  if (!summary.failed) return <span class="muted">{summary.passed} passed</span>
  return (
    <span>
      <Badge tone={c.status === 'approved' ? 'plain' : 'warn'}>{summary.failed} failed</Badge> <span class="muted">of {plural(summary.total_rules, 'rule')}</span>
    </span>
  )
}
