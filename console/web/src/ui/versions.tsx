import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { tell } from '../rules.ts'
import type { RequirementVersion, Rule } from '../schema.ts'
import { compare } from '../versions.ts'
import { moment } from '../zone.ts'
import { Button } from './basics.tsx'

const marks = { same: '', changed: '±', added: '+', removed: '−' }
const said = { same: 'unchanged', changed: 'changed', added: 'added', removed: 'removed' }

// Versions shows two versions of a requirement side by side.
export function Versions({ versions, onUse }: { versions: RequirementVersion[]; onUse: (v: RequirementVersion) => void }) {
  const { account } = useApp()
  const sorted = [...versions].sort((a, b) => b.version - a.version)
  const [after, setAfter] = useState(sorted[0]?.version ?? 1)
  const [before, setBefore] = useState(sorted[1]?.version ?? sorted[0]?.version ?? 1)
  const left = sorted.find(v => v.version === before)
  const right = sorted.find(v => v.version === after)
  if (!left || !right) return <p class="muted pad">No version is stored.</p>
  const lines = compare(left.rules, right.rules)
  const changes = lines.filter(l => l.change !== 'same').length
  const pick = (id: string, label: string, value: number, set: (v: number) => void) => (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={String(value)} onChange={e => set(Number(e.currentTarget.value))}>
        {sorted.map(v => <option key={v.version} value={String(v.version)}>Version {v.version}, {moment(v.created, account?.time_zone)}</option>)}
      </select>
    </div>
  )
  return (
    <div class="versions">
      <div class="two">
        {pick('version-before', 'Before', before, setBefore)}
        {pick('version-after', 'After', after, setAfter)}
      </div>
      <div class="row wrap between">
        <p class="muted">{left === right ? sorted.length === 1 ? 'There is one version so far: saving other rules makes the next.' : 'Choose two versions to see what changed.' : changes ? `${changes} of ${lines.length} rules differ` : 'The rules are the same.'}</p>
        {right !== sorted[0] && <Button small onClick={() => onUse(right)}>Edit from version {right.version}</Button>}
      </div>
      <div class="table-wrap">
        <table class="diff">
          <caption class="sr">Rules of version {before} beside those of version {after}</caption>
          <thead><tr><th scope="col"><span class="sr">Change</span></th><th scope="col">Version {before}</th><th scope="col">Version {after}</th></tr></thead>
          <tbody>
            {lines.map((l, i) => (
              <tr key={i} class={l.change}>
                <td class="change"><span aria-hidden="true">{marks[l.change]}</span><span class="sr">{said[l.change]}</span></td>
                <td>{l.before && <Told rule={l.before} keys={l.keys} side="before" />}</td>
                <td>{l.after && <Told rule={l.after} keys={l.keys} side="after" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Told({ rule, keys, side }: { rule: Rule; keys: string[]; side: 'before' | 'after' }) {
  const mark = (differs: boolean, text: string) => (differs ? (side === 'before' ? <del>{text}</del> : <ins>{text}</ins>) : <span>{text}</span>)
  return (
    <>
      <b>{rule.name}</b>
      {rule.severity === 'critical' && <> {mark(keys.includes('severity'), '(critical)')}</>}
      <span class="under mono">{mark(keys.includes('path'), rule.path)}</span>
      <span class="under">{mark(keys.some(k => ['check', 'value', 'days', 'umbrella', 'where'].includes(k)), tell(rule))}</span>
    </>
  )
}
