import type { Loaded } from '../app.ts'
import { happened } from '../format.ts'
import type { AuditResult, History } from '../schema.ts'
import { Failure, Id, Loading, Time } from './basics.tsx'
import { Icon } from './icon.tsx'

const icons: Record<string, string> = {
  uploaded: 'upload', processing: 'turning', evaluated: 'rules', rule_approved: 'check', approved: 'check', denied: 'cross', reevaluated: 'again', deleted: 'bin',
}

// Timeline tells what happened to a certificate, the latest first, who decided it and why.
export function Timeline({ history, rules, ownKey }: { history: Loaded<History>; rules: AuditResult[]; ownKey: string }) {
  if (history.problem) return <Failure problem={history.problem} retry={history.reload} />
  if (!history.data) return <Loading lines={4} />
  const nameOf = (id: string) => rules.find(r => r.id === id)?.rule_name ?? null
  return (
    <ol class="timeline" reversed>
      {[...history.data.history].reverse().map((h, i) => (
        <li key={i} class={h.kind === 'denied' ? 'bad' : h.kind === 'approved' || h.kind === 'rule_approved' ? 'good' : ''}>
          <span class="mark"><Icon name={icons[h.kind] ?? 'clock'} /></span>
          <div>
            <p class="what">{happened(h, nameOf)}</p>
            {h.reason && <p class="quoted">{h.reason}</p>}
            <p class="muted"><Time at={h.created} />{h.actor !== 'certflow' && <> by {h.actor === ownKey ? 'this key' : 'key'} <Id>{h.actor}</Id></>}</p>
          </div>
        </li>
      ))}
    </ol>
  )
}
