import { groupsOf, printedOtherwise, type Field } from '../reading.ts'
import type { Evidence, Parsed } from '../schema.ts'
import { Confidence, Loading } from './basics.tsx'

// FieldList shows what was read, grouped as on the form. Choosing a field lights up where it stands.
export function FieldList(p: {
  parsed: Parsed | null
  evidence: Record<string, Evidence>
  threshold: number
  chosen: string | null
  open: boolean
  onChoose: (path: string, paths: string[]) => void
}) {
  if (!p.parsed) return p.open ? <Loading lines={8} /> : <p class="muted pad">Nothing was read from this file.</p>
  return (
    <div class="groups">
      {groupsOf(p.parsed, p.evidence).map(g => (
        <section key={g.path}>
          <h3>{g.title}</h3>
          <ul class="fields">
            {g.fields.map(f => <FieldRow key={f.path} f={f} {...p} />)}
          </ul>
        </section>
      ))}
    </div>
  )
}

function FieldRow({ f, evidence, threshold, chosen, onChoose }: { f: Field; evidence: Record<string, Evidence>; threshold: number; chosen: string | null; onChoose: (path: string, paths: string[]) => void }) {
  const printed = printedOtherwise(f)
  const odd = f.text === null && f.evidence?.text ? f.evidence.text : null
  const content = (
    <>
      <span class="field-label">{f.label}</span>
      <span class={`field-value ${f.text === null ? 'none' : ''}`}>
        {f.text ?? (odd ? <>not a value: “{odd}”</> : 'not shown')}
        {printed && <span class="printed" title="As printed">{printed}</span>}
      </span>
      {f.evidence && f.text !== null && <Confidence value={f.evidence.confidence} threshold={threshold} />}
    </>
  )
  if (!f.evidence || f.evidence.page < 1) return <li><div class="field-row">{content}{!f.evidence || f.text === null ? null : <span class="sr">not found on the page</span>}</div></li>
  const paths = Object.keys(evidence).filter(path => path === f.path || path.startsWith(f.path + '.'))
  return (
    <li>
      <button type="button" class={`field-row ${chosen === f.path ? 'chosen' : ''}`} aria-pressed={chosen === f.path} onClick={() => onChoose(f.path, paths.length ? paths : [f.path])}>
        {content}
      </button>
    </li>
  )
}
