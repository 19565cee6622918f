import type { Evidence, Parsed, Value } from './schema.ts'
import { capital, money, words } from './format.ts'

// What was read from a certificate, in the order and the words in which a person compares it with the page.

export interface Field {
  path: string
  label: string
  // Text as shown; null where the certificate shows nothing.
  text: string | null
  evidence: Evidence | null
}

export interface Group {
  path: string
  title: string
  fields: Field[]
}

const titles: Record<string, string> = {
  commercial_general_liability: 'Commercial general liability',
  automobile_liability: 'Automobile liability',
  umbrella_excess_liability: 'Umbrella / excess liability',
  workers_compensation: 'Workers compensation',
  professional_liability: 'Professional liability',
  cyber_liability: 'Cyber liability',
  criminal_liability: 'Crime',
  liquor_liability: 'Liquor liability',
}

const labels: Record<string, string> = {
  naic: 'NAIC number', additional_insured: 'Additional insured', waiver_of_subrogation: 'Waiver of subrogation',
  policy_number_string: 'Policy number', policy_effective_date: 'Effective', policy_expiration_date: 'Expires',
  insurer_letter: 'Insurer letter', insurer_name: 'Insurer', products_completed_operations_dollars: 'Products – completed operations',
  personal_and_advertising_injury_dollars: 'Personal & advertising injury', damage_to_rented_premises_dollars: 'Damage to rented premises',
  additional_insured_names: 'Named additional insureds', text: 'Description', amount_dollars: 'Limit', per_statute: 'Per statute',
}

const rank = ['policy_number_string', 'policy_effective_date', 'policy_expiration_date', 'insurer_letter', 'insurer_name']

export function labelOf(name: string): string {
  return labels[name] ?? capital(words(name))
}

const isObject = (v: Value | undefined): v is { [name: string]: Value } => typeof v === 'object' && v !== null && !Array.isArray(v)

// show writes a scalar as people read it.
export function show(name: string, v: Value): string | null {
  if (v === null || v === '') return null
  if (typeof v === 'boolean') return v ? 'Yes' : 'No'
  if (typeof v === 'number') return name.endsWith('_dollars') ? money(v) : String(v)
  if (Array.isArray(v)) return v.length ? v.map(item => (typeof item === 'string' ? (name === 'autos' ? capital(words(item)) : item) : show('', item) ?? '')).join(', ') : null
  return typeof v === 'object' ? JSON.stringify(v) : v
}

// evidenceAt is the evidence for a value; that of a list's item may have been given for the list.
export function evidenceAt(evidence: Record<string, Evidence>, path: string): Evidence | null {
  return evidence[path] ?? (/\.\d+$/.test(path) ? evidence[path.replace(/\.\d+$/, '')] : undefined) ?? null
}

// printedOtherwise is what the page has where the value is another text than it: a date in another order, a name in capitals. How amounts
// are set, and that a box is ticked by an X, is no news.
export function printedOtherwise(f: Field): string | null {
  const printed = f.evidence?.text.trim()
  if (!printed || f.text === null || f.text === 'Yes' || f.text === 'No') return null
  const plain = (text: string) => text.replace(/[\s$,.]/g, '')
  return plain(printed) === plain(f.text) ? null : printed
}

// groupsOf lays a parse out in groups: parties, then a group for each policy of the coverage table, then the rest.
export function groupsOf(parsed: Parsed, evidence: Record<string, Evidence>): Group[] {
  const groups: Group[] = []
  const field = (path: string, name: string, v: Value, label = labelOf(name)): Field => ({ path, label, text: show(name, v), evidence: evidenceFor(path, v) })
  // A list is shown as one value; its evidence may stand at the list or at its first item.
  const evidenceFor = (path: string, v: Value) => evidenceAt(evidence, path) ?? (Array.isArray(v) && v.length ? evidenceAt(evidence, `${path}.0`) : null)
  const add = (path: string, title: string, fields: Field[]) => fields.length && groups.push({ path, title, fields })

  const scalars = (holder: Value | undefined, prefix: string): Field[] =>
    isObject(holder) ? Object.entries(holder).filter(([, v]) => !isObject(v) && !isListOfObjects(v)).map(([name, v]) => field(`${prefix}.${name}`, name, v)) : []

  const head: Field[] = []
  if (isObject(parsed['form'])) {
    const { name, edition } = parsed['form']
    const text = [show('name', name ?? null), edition ? `(${show('edition', edition)})` : null].filter(Boolean).join(' ')
    head.push({ path: 'form.name', label: 'Form', text: text || null, evidence: evidenceAt(evidence, 'form.name') })
  }
  for (const name of ['certificate_date', 'certificate_number']) if (name in parsed) head.push(field(name, name, parsed[name] ?? null))
  add('form', 'Certificate', head)
  for (const party of ['insured', 'producer', 'certificate_holder']) add(party, capital(words(party)), scalars(parsed[party], party))
  if (Array.isArray(parsed['insurers'])) {
    add('insurers', 'Insurers', parsed['insurers'].flatMap((insurer, i) => {
      if (!isObject(insurer)) return []
      const at = `insurers.${i}`
      const letter = show('letter', insurer['letter'] ?? null) ?? '?'
      const fields = [field(`${at}.name`, 'name', insurer['name'] ?? null, `Insurer ${letter}`)]
      if (insurer['naic'] !== undefined && insurer['naic'] !== null) fields.push(field(`${at}.naic`, 'naic', insurer['naic'], `Insurer ${letter} NAIC`))
      return fields
    }))
  }

  const policy = (row: Value, path: string, title: string) => {
    if (!isObject(row)) return
    const fields = scalars(row, path).filter(f => f.path !== `${path}.label`)
    const place = (f: Field) => (rank.indexOf(f.path.slice(path.length + 1)) + 1) || rank.length + 1
    fields.sort((a, b) => place(a) - place(b))
    const limits = row['limits']
    if (isObject(limits)) fields.push(...scalars(limits, `${path}.limits`))
    if (Array.isArray(limits)) {
      for (const [i, limit] of limits.entries()) {
        if (isObject(limit)) fields.push(field(`${path}.limits.${i}.amount_dollars`, 'amount_dollars', limit['amount_dollars'] ?? null, show('label', limit['label'] ?? null) ?? 'Limit'))
      }
    }
    add(path, title, fields)
    if (Array.isArray(row['additional_policies'])) {
      for (const [i, more] of row['additional_policies'].entries()) policy(more, `${path}.additional_policies.${i}`, `${title}, policy ${i + 2}`)
    }
  }
  if (isObject(parsed['coverages'])) {
    for (const [name, row] of Object.entries(parsed['coverages'])) {
      if (Array.isArray(row)) {
        for (const [i, item] of row.entries()) policy(item, `coverages.${name}.${i}`, (isObject(item) && show('label', item['label'] ?? null)) || 'Other coverage')
      } else policy(row, `coverages.${name}`, titles[name] ?? capital(words(name)))
    }
  }
  add('description_of_operations', 'Description of operations', scalars(parsed['description_of_operations'], 'description_of_operations'))
  return groups
}

const isListOfObjects = (v: Value) => Array.isArray(v) && v.some(isObject)

// subjectOf says in words what a rule looks at: the coverage, and the field of it unless the check itself says which, as limits do.
export function subjectOf(path: string): string | null {
  const title = titleOf(path)
  const parts = path.split('.')
  const rest = parts.slice(parts[0] === 'coverages' ? 2 : 1).filter(name => !['limits', 'name', 'policy_expiration_date'].includes(name) && !/^\d+$/.test(name))
  if (title === null || !rest.length) return title
  const label = labelOf(rest.at(-1)!)
  return `${title}, ${/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label}`
}

// titleOf names the coverage that a path belongs to, if it belongs to one.
export function titleOf(path: string): string | null {
  const parts = path.split('.')
  if (parts[0] !== 'coverages') return parts[0] ? capital(words(parts[0])) : null
  return parts[1] ? (titles[parts[1]] ?? capital(words(parts[1]))) : 'All coverages'
}
