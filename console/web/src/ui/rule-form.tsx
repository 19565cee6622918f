import { useId, useState } from 'preact/hooks'
import { capital, words } from '../format.ts'
import { checks, limitsAt, pathsOf, ruleOf, tell, type Draft } from '../rules.ts'
import { subjectOf } from '../reading.ts'
import type { Check, Place } from '../schema.ts'
import { Badge, Button, focus } from './basics.tsx'
import { Icon } from './icon.tsx'

interface Props {
  draft: Draft
  index: number
  last: boolean
  faults: { position: string; message: string }[]
  onChange: (part: Partial<Draft>) => void
  onMove: (by: number) => void
  onRemove: () => void
}

const places: { place: Place; title: string }[] = [
  { place: 'names', title: 'the named additional insureds' }, { place: 'text', title: 'the description’s text' }, { place: 'holder', title: 'the certificate holder' },
]

// RuleForm is one rule: a line that says it, which opens to the form.
export function RuleForm({ draft: d, index, last, faults, onChange, onMove, onRemove }: Props) {
  const [opened, setOpened] = useState(!d.name)
  const open = opened || faults.length > 0
  const id = useId()
  const rule = ruleOf(d)
  const fault = (position: string) => faults.find(f => f.position === position || f.position.startsWith(position + '.'))?.message
  const place = (f: { position: string }) => f.position.split('.')[0] ?? ''
  const shownAt = new Set(['name', 'path', 'check', 'severity', 'value', 'days', 'where', 'umbrella'])
  const limits = limitsAt(d.path)
  const chooseCheck = (check: Check) => {
    const paths = pathsOf(check)
    onChange({ check, path: paths.includes(d.path) ? d.path : (paths[0] ?? d.path), ...(check === 'minimum' && !d.limits.length ? { limits: [{ name: limitsAt(paths[0] ?? '')[0] ?? '', amount: '1000000' }] } : {}) })
  }
  const field = (position: string) => ({ 'aria-invalid': Boolean(fault(position)), 'aria-describedby': fault(position) ? `${id}-${position}-fault` : undefined })
  const Fault = ({ at }: { at: string }) => (fault(at) ? <p class="fault" id={`${id}-${at}-fault`}>{fault(at)}</p> : null)
  return (
    <li class={`card rule-form ${faults.length ? 'faulty' : ''}`}>
      <div class="rule-form-head">
        <span class="number" aria-hidden="true">{index + 1}</span>
        <button type="button" class="rule-form-title" aria-expanded={open} aria-controls={`${id}-form`} onClick={() => setOpened(!open)}>
          <Icon name={open ? 'up' : 'down'} />
          <span><b>{d.name || 'A rule without a name'}</b>{d.severity === 'critical' && <Badge tone="bad">critical</Badge>}<span class="under">{d.check === 'expression' ? '' : `${subjectOf(d.path) ?? 'Nothing chosen'}: `}{tell(rule)}</span></span>
        </button>
        <span class="row">
          <button type="button" class="button quiet square" disabled={index === 0} aria-label={`Move ${d.name || 'the rule'} up`} onClick={() => onMove(-1)}><Icon name="raise" /></button>
          <button type="button" class="button quiet square" disabled={last} aria-label={`Move ${d.name || 'the rule'} down`} onClick={() => onMove(1)}><Icon name="lower" /></button>
          <button type="button" class="button quiet square" aria-label={`Remove ${d.name || 'the rule'}`} onClick={onRemove}><Icon name="bin" /></button>
        </span>
      </div>
      <div id={`${id}-form`} class="rule-form-body" hidden={!open}>
        {open && (
          <>
            <div class="two">
              <div class="field">
                <label for={`${id}-name`}>Name</label>
                <input id={`${id}-name`} value={d.name} maxLength={200} ref={d.name ? null : focus} {...field('name')} onInput={e => onChange({ name: e.currentTarget.value })} />
                <Fault at="name" />
              </div>
              <div class="field">
                <label for={`${id}-check`}>Check</label>
                <select id={`${id}-check`} value={d.check} {...field('check')} onChange={e => chooseCheck(e.currentTarget.value as Check)}>
                  {checks.map(c => <option key={c.check} value={c.check}>{c.title}</option>)}
                </select>
                <p class="hint">{checks.find(c => c.check === d.check)?.help}</p>
                <Fault at="check" />
              </div>
              <div class="field">
                <label for={`${id}-path`}>{d.check === 'expression' ? 'Shown as path' : 'What is looked at'}</label>
                <input id={`${id}-path`} class="mono" list={`${id}-paths`} value={d.path} spellcheck={false} autoComplete="off" {...field('path')} onInput={e => onChange({ path: e.currentTarget.value })} />
                <datalist id={`${id}-paths`}>{pathsOf(d.check).map(path => <option key={path} value={path} />)}</datalist>
                <Fault at="path" />
              </div>
              <div class="field">
                <label for={`${id}-severity`}>If it fails</label>
                <select id={`${id}-severity`} value={d.severity} {...field('severity')} onChange={e => onChange({ severity: e.currentTarget.value as Draft['severity'] })}>
                  <option value="standard">a person decides (flagged)</option>
                  <option value="critical">the certificate is denied (critical)</option>
                </select>
                <Fault at="severity" />
              </div>
            </div>
            {d.check === 'minimum' && (
              <fieldset class="limits">
                <legend>Least amounts</legend>
                {d.limits.map((l, i) => (
                  <div key={i} class="row limit">
                    {limits.length ? (
                      <select aria-label={`Limit ${i + 1}`} value={l.name} onChange={e => onChange({ limits: d.limits.map((x, k) => (k === i ? { ...x, name: e.currentTarget.value } : x)) })}>
                        {[...new Set([...limits, l.name])].filter(Boolean).map(name => <option key={name} value={name}>{capital(words(name))}</option>)}
                      </select>
                    ) : <input aria-label={`Limit ${i + 1}`} class="mono" value={l.name} onInput={e => onChange({ limits: d.limits.map((x, k) => (k === i ? { ...x, name: e.currentTarget.value } : x)) })} />}
                    <input
                      class="amount" inputMode="numeric" aria-label={`Least amount of limit ${i + 1} in dollars`} value={grouped(l.amount)} aria-invalid={faults.some(f => f.position === `value.${l.name}`)}
                      onInput={e => onChange({ limits: d.limits.map((x, k) => (k === i ? { ...x, amount: e.currentTarget.value } : x)) })}
                    />
                    <button type="button" class="button quiet square" aria-label={`Remove limit ${i + 1}`} onClick={() => onChange({ limits: d.limits.filter((_, k) => k !== i) })}><Icon name="cross" /></button>
                  </div>
                ))}
                {faults.filter(f => place(f) === 'value').map(f => <p key={f.position} class="fault" id={`${id}-value-fault`}>{f.position !== 'value' && <b>{capital(words(f.position.slice(6)))}: </b>}{f.message}</p>)}
                <Button small icon="plus" onClick={() => onChange({ limits: [...d.limits, { name: limits.find(n => !d.limits.some(l => l.name === n)) ?? '', amount: '' }] })}>Add a limit</Button>
                <label class="check"><input type="checkbox" checked={d.umbrella} onChange={e => onChange({ umbrella: e.currentTarget.checked })} /> An umbrella or excess coverage in force adds its limit</label>
                <Fault at="umbrella" />
              </fieldset>
            )}
            {d.check === 'not_expired' && (
              <div class="field short">
                <label for={`${id}-days`}>Days that must be left</label>
                <input id={`${id}-days`} type="number" min={0} max={3650} value={d.days} {...field('days')} onInput={e => onChange({ days: e.currentTarget.value })} />
                <Fault at="days" />
              </div>
            )}
            {d.check === 'name_matches' && (
              <fieldset>
                <legend>Whose name</legend>
                <label class="check"><input type="radio" name={`${id}-whose`} checked={d.contractor} onChange={() => onChange({ contractor: true })} /> The contractor’s: company, or first and last name</label>
                <label class="check"><input type="radio" name={`${id}-whose`} checked={!d.contractor} onChange={() => onChange({ contractor: false })} /> One of these</label>
              </fieldset>
            )}
            {((d.check === 'name_matches' && !d.contractor) || d.check === 'contains_name') && (
              <div class="field">
                <label for={`${id}-names`}>Names, one on each line</label>
                <textarea id={`${id}-names`} rows={3} value={d.names} {...field('value')} onInput={e => onChange({ names: e.currentTarget.value })} />
                <Fault at="value" />
              </div>
            )}
            {d.check === 'contains_name' && (
              <fieldset>
                <legend>Looked for in</legend>
                {places.map(({ place, title }) => (
                  <label key={place} class="check"><input type="checkbox" checked={d.where.includes(place)} onChange={e => onChange({ where: places.map(x => x.place).filter(x => (x === place ? e.currentTarget.checked : d.where.includes(x))) })} /> {title}</label>
                ))}
                <Fault at="where" />
              </fieldset>
            )}
            {(d.check === 'equals' || d.check === 'expression') && (
              <div class="field">
                <label for={`${id}-value`}>{d.check === 'equals' ? 'Value' : 'Expression'}</label>
                <textarea id={`${id}-value`} class="mono" rows={d.check === 'equals' ? 1 : 4} spellcheck={false} value={d.value} {...field('value')} onInput={e => onChange({ value: e.currentTarget.value })} />
                <Fault at="value" />
              </div>
            )}
            {faults.filter(f => !shownAt.has(place(f))).map(f => <p key={f.position} class="fault" tabIndex={-1}>{f.position && <code>{f.position}</code>} {f.message}</p>)}
          </>
        )}
      </div>
    </li>
  )
}

// grouped shows a plain number with its thousands apart; anything else stays as it was typed.
function grouped(text: string): string {
  const digits = text.replaceAll(',', '')
  return /^\d{1,15}$/.test(digits) ? Number(digits).toLocaleString('en-US') : text
}
