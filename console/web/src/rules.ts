import type { Check, Place, Rule, Value } from './schema.ts'
import { money, words } from './format.ts'

// The form of a rule: what its author types, before it is a rule. Amounts stay texts until then, so that nothing typed is lost.

export interface Draft {
  key: number
  name: string
  path: string
  check: Check
  severity: 'standard' | 'critical'
  limits: { name: string; amount: string }[]
  umbrella: boolean
  days: string
  contractor: boolean
  names: string
  where: Place[]
  value: string
}

export const checks: { check: Check; title: string; help: string }[] = [
  { check: 'required', title: 'Is shown', help: 'The value is there: a coverage, a ticked box, a signature.' },
  { check: 'minimum', title: 'Minimum limits', help: 'Every limit named here is at least its amount.' },
  { check: 'not_expired', title: 'Not expired', help: 'The date is today or later, plus the days given.' },
  { check: 'effective', title: 'In force', help: 'The coverage is in force on the day of the review.' },
  { check: 'name_matches', title: 'Name matches', help: 'The name is the contractor’s, or one of a list.' },
  { check: 'contains_name', title: 'Names somebody', help: 'One of the names stands in the description, among the additional insureds, or as holder.' },
  { check: 'equals', title: 'Equals', help: 'The value is exactly this one.' },
  { check: 'expression', title: 'Expression', help: 'A CEL expression over certificate, contractor and today is true.' },
]

const rows = {
  commercial_general_liability: ['each_occurrence_dollars', 'damage_to_rented_premises_dollars', 'medical_expense_dollars', 'personal_and_advertising_injury_dollars', 'general_aggregate_dollars', 'products_completed_operations_dollars'],
  automobile_liability: ['combined_single_limit_dollars', 'bodily_injury_per_person_dollars', 'bodily_injury_per_accident_dollars', 'property_damage_per_accident_dollars'],
  umbrella_excess_liability: ['each_occurrence_dollars', 'aggregate_dollars', 'retention_dollars'],
  workers_compensation: ['each_accident_dollars', 'disease_each_employee_dollars', 'disease_policy_limit_dollars'],
  professional_liability: ['each_claim_dollars', 'aggregate_dollars'],
  cyber_liability: ['each_claim_dollars', 'aggregate_dollars'],
  criminal_liability: ['each_claim_dollars', 'aggregate_dollars'],
  liquor_liability: ['each_claim_dollars', 'aggregate_dollars'],
} as const satisfies Record<string, readonly string[]>

const coverages = Object.keys(rows)
const boxes: Record<string, string[]> = {
  commercial_general_liability: ['occurrence', 'claims_made'], umbrella_excess_liability: ['occurrence', 'claims_made'],
  workers_compensation: ['per_statute', 'proprietor_excluded'], professional_liability: ['claims_made', 'occurrence'],
}

// limitsAt are the limits that a minimum may name at a path.
export function limitsAt(path: string): readonly string[] {
  const row = /^coverages\.(\w+)\.limits$/.exec(path)?.[1]
  return row && Object.hasOwn(rows, row) ? rows[row as keyof typeof rows] : []
}

// pathsOf are the paths that make sense for a check, to choose from; any other may be typed.
export function pathsOf(check: Check): string[] {
  const of = (suffix: string) => coverages.map(row => `coverages.${row}${suffix}`)
  switch (check) {
    case 'minimum': return of('.limits')
    case 'not_expired': return ['coverages', ...of('.policy_expiration_date')]
    case 'effective': return ['coverages', ...of('')]
    case 'name_matches': return ['insured.name', 'certificate_holder.name', 'producer.name']
    case 'contains_name': return ['description_of_operations']
    case 'required':
      return [...of(''), ...coverages.flatMap(row => ['additional_insured', 'waiver_of_subrogation', ...(boxes[row] ?? [])].map(box => `coverages.${row}.${box}`)),
        'description_of_operations.signature', 'certificate_number', 'certificate_holder.name']
    default: return ['insured.name', 'certificate_holder.name', ...coverages.flatMap(row => [...(boxes[row] ?? []).map(box => `coverages.${row}.${box}`), ...rows[row as keyof typeof rows].map(limit => `coverages.${row}.limits.${limit}`)])]
  }
}

export function emptyDraft(key: number): Draft {
  return {
    key, name: '', path: 'coverages.commercial_general_liability.limits', check: 'minimum', severity: 'standard',
    limits: [{ name: 'each_occurrence_dollars', amount: '1000000' }], umbrella: false, days: '0', contractor: true, names: '', where: ['names'], value: '',
  }
}

export function draftOf(rule: Rule, key: number): Draft {
  const draft: Draft = { ...emptyDraft(key), name: rule.name, path: rule.path, check: rule.check, severity: rule.severity ?? 'standard', limits: [] }
  draft.umbrella = rule.umbrella ?? false
  draft.days = String(rule.days ?? 0)
  if (rule.where) draft.where = Array.isArray(rule.where) ? rule.where : [rule.where]
  const v = rule.value
  switch (rule.check) {
    case 'minimum':
      if (typeof v === 'object' && v !== null && !Array.isArray(v)) draft.limits = Object.entries(v).map(([name, amount]) => ({ name, amount: String(amount) }))
      break
    case 'name_matches':
    case 'contains_name':
      draft.contractor = v === 'contractor'
      draft.names = Array.isArray(v) ? v.join('\n') : typeof v === 'string' && v !== 'contractor' ? v : ''
      break
    case 'expression':
      draft.value = typeof v === 'string' ? v : ''
      break
    case 'equals':
      draft.value = v === undefined ? '' : typeof v === 'string' ? v : JSON.stringify(v)
  }
  return draft
}

// amountOf reads dollars as people type them: $1,000,000 and 1m are 1000000. What is no amount stays text, and the API says so.
export function amountOf(text: string): number | string {
  const found = /^\$?\s*(\d[\d,]*(?:\.\d+)?)\s*([km])?$/i.exec(text.trim())
  if (!found) return text.trim()
  const unit = { k: 1e3, m: 1e6 }[(found[2] ?? '').toLowerCase()] ?? 1
  const amount = Number((found[1] ?? '').replaceAll(',', ''))
  return unit === 1 ? amount : Math.round(amount * unit)
}

// plainValue reads the value of an equals rule: a JSON scalar where the text is one, else the text itself.
function plainValue(text: string): Value {
  const t = text.trim()
  if (/^(true|false|-?\d+(\.\d+)?|\[.*\])$/s.test(t)) {
    try {
      return JSON.parse(t) as Value
    } catch {
      return t
    }
  }
  return t
}

const lines = (text: string) => text.split('\n').map(line => line.trim()).filter(Boolean)

export function ruleOf(d: Draft): Rule {
  const rule: Rule = { name: d.name.trim(), path: d.path.trim(), check: d.check }
  if (d.severity === 'critical') rule.severity = 'critical'
  switch (d.check) {
    case 'minimum':
      rule.value = Object.fromEntries(d.limits.filter(l => l.name).map(l => [l.name, amountOf(l.amount)]))
      if (d.umbrella) rule.umbrella = true
      break
    case 'not_expired':
      rule.days = Number.parseInt(d.days, 10) || 0
      break
    case 'name_matches':
      rule.value = d.contractor ? 'contractor' : lines(d.names)
      break
    case 'contains_name':
      rule.value = lines(d.names)
      if (d.where.length && !(d.where.length === 1 && d.where[0] === 'names')) rule.where = d.where.length === 1 ? d.where[0]! : d.where
      break
    case 'equals':
      rule.value = plainValue(d.value)
      break
    case 'expression':
      rule.value = d.value
  }
  return rule
}

// faultsAt sorts the faults that the API found by the rule that they stand in: rules[2].value.x is x's fault in the third rule.
export function faultsAt(fields: Record<string, string>): { rules: Map<number, { position: string; message: string }[]>; rest: [string, string][] } {
  const rules = new Map<number, { position: string; message: string }[]>()
  const rest: [string, string][] = []
  for (const [field, message] of Object.entries(fields)) {
    const found = /^rules(?:\[(\d+)\]|\.(\d+))\.?(.*)$/.exec(field)
    if (!found) {
      rest.push([field, message])
      continue
    }
    const at = Number(found[1] ?? found[2])
    rules.set(at, [...(rules.get(at) ?? []), { position: found[3] ?? '', message }])
  }
  return { rules, rest }
}

// tell says in a line what a rule asks for.
export function tell(rule: Rule): string {
  const at = rule.path
  const v = rule.value
  switch (rule.check) {
    case 'minimum':
      return typeof v === 'object' && v !== null && !Array.isArray(v)
        ? Object.entries(v).map(([name, amount]) => `${words(name)} ≥ ${typeof amount === 'number' ? money(amount) : String(amount)}`).join(', ') + (rule.umbrella ? ', with umbrella' : '')
        : 'minimum limits'
    case 'not_expired': return rule.days ? `${rule.days} days or more left` : 'not expired'
    case 'effective': return 'in force'
    case 'required': return isBox(at) ? 'ticked' : 'shown'
    case 'name_matches': return v === 'contractor' ? 'is the contractor’s name' : `is ${listed(v)}`
    case 'contains_name': return `names ${listed(v)}`
    case 'equals': return isBox(at) && typeof v === 'boolean' ? (v ? 'ticked' : 'not ticked') : `is ${typeof v === 'number' && at.endsWith('_dollars') ? money(v) : JSON.stringify(v)}`
    case 'expression': return typeof v === 'string' ? v : at
  }
}

// isBox reports whether a path leads to a box that is ticked or not.
const isBox = (path: string) => /^coverages\.\w+\.(additional_insured|waiver_of_subrogation|occurrence|claims_made|per_statute|proprietor_excluded)$/.test(path)

const listed = (v: Value | undefined) => (Array.isArray(v) ? v.join(' or ') : String(v ?? ''))
