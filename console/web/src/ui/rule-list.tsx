import { pathsFor } from '../boxes.ts'
import { subjectOf } from '../reading.ts'
import type { AuditResult, Evidence } from '../schema.ts'
import { Badge, Button, Confidence, Loading } from './basics.tsx'
import { Icon } from './icon.tsx'

// Message sets what was found apart from what was required, without taking a word away.
export function Message({ text }: { text: string }) {
  const at = text.indexOf(' Found: ')
  return (
    <span class="rule-message">
      {at < 0 ? text : <><span class="required">{text.slice(0, at)}</span> <span class="found">{text.slice(at + 1)}</span></>}
    </span>
  )
}

// RuleList shows what each rule said, in the requirement's order. Choosing one lights up on the page what it rests on.
export function RuleList(p: {
  rules: AuditResult[]
  open: boolean
  chosen: string | null
  threshold: number
  evidence: Record<string, Evidence>
  onChoose: (rule: AuditResult) => void
  onApprove: ((rule: AuditResult) => void) | null
}) {
  if (!p.rules.length) return p.open ? <Loading lines={6} /> : <p class="muted pad">No rule was judged.</p>
  const failed = p.rules.filter(r => r.result === 'fail')
  return (
    <>
      <p class="tally"><b>{p.rules.length - failed.length}</b> of {p.rules.length} rules passed</p>
      <ul class="rules">
        {p.rules.map(r => {
          const found = pathsFor(r, p.evidence).some(path => (p.evidence[path]?.page ?? 0) > 0)
          return (
            <li key={r.id} class={`rule ${r.result} ${r.manually_approved ? 'settled' : ''} ${p.chosen === r.id ? 'chosen' : ''}`}>
              <button type="button" class="rule-main" aria-pressed={p.chosen === r.id} onClick={() => p.onChoose(r)}>
                <span class="verdict"><Icon name={r.result === 'pass' ? 'check' : 'cross'} /><span class="sr">{r.result === 'pass' ? 'Passed: ' : 'Failed: '}</span></span>
                <span class="rule-text">
                  <span class="rule-name">{r.rule_name}</span>
                  <Message text={r.message} />
                  <span class="rule-meta">
                    <span title={r.rule_path}>{subjectOf(r.rule_path)}</span>
                    {r.severity === 'critical' && <Badge tone="bad">critical</Badge>}
                    {r.manually_approved && <Badge tone="good" icon="person">approved by a person</Badge>}
                    {r.confidence !== undefined && r.confidence !== null && <Confidence value={r.confidence} threshold={p.threshold} />}
                    {!found && <span>nothing on the page to show</span>}
                  </span>
                </span>
              </button>
              {p.onApprove && r.result === 'fail' && !r.manually_approved && (
                <Button small class="rule-approve" onClick={() => p.onApprove?.(r)} aria-label={`Approve rule ${r.rule_name}`}>Approve rule</Button>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
