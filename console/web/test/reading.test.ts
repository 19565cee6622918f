import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evidenceAt, groupsOf, printedOtherwise, subjectOf, titleOf } from '../src/reading.ts'
import type { Evidence } from '../src/schema.ts'

const at = (text: string, confidence = 0.97): Evidence => ({ page: 1, box: [10, 20, 30, 40], text, confidence, source: 'text' })

const parsed = {
  form: { name: 'ACORD 25', edition: '2016/03' },
  certificate_date: '01/07/2025', certificate_number: null,
  producer: { name: 'Larkfield', address: null }, insured: { name: 'Harbor & Pine', address: '1420 Quay Road' },
  insurers: [{ letter: 'A', name: 'Kestrel', naic: '90417' }, { letter: 'B', name: 'Stonegate', naic: null }],
  coverages: {
    commercial_general_liability: {
      occurrence: true, additional_insured: null, policy_expiration_date: '09/03/2027', policy_number_string: 'GL-1', policy_effective_date: '09/03/2026',
      limits: { each_occurrence_dollars: 1_000_000, general_aggregate_dollars: null },
      additional_policies: [{ policy_number_string: 'GL-2', limits: { each_occurrence_dollars: 0 } }],
    },
    automobile_liability: { autos: ['any_auto', 'hired_autos_only'], limits: {} },
    drone_liability: { policy_number_string: 'D-1' },
    other: [{ label: 'Garage', policy_number_string: 'X', limits: [{ label: 'Per claim', amount_dollars: 5000 }] }],
  },
  description_of_operations: { text: 'Roof', signature: true, additional_insured_names: ['Tamarack', 'Commons'] },
  certificate_holder: { name: 'Tamarack', address: null },
}

const evidence = {
  'coverages.commercial_general_liability.limits.each_occurrence_dollars': at('$ 1,000,000'),
  'coverages.commercial_general_liability.limits.general_aggregate_dollars': at('Included'),
  'coverages.automobile_liability.autos.0': at('X'),
  'insured.name': at('HARBOR & PINE'),
}

const group = (path: string) => groupsOf(parsed, evidence).find(g => g.path === path)
const field = (path: string) => groupsOf(parsed, evidence).flatMap(g => g.fields).find(f => f.path === path)

test('a certificate is laid out in the order of the form', () => {
  assert.deepEqual(groupsOf(parsed, evidence).map(g => g.title), [
    'Certificate', 'Insured', 'Producer', 'Certificate holder', 'Insurers', 'Commercial general liability', 'Commercial general liability, policy 2',
    'Automobile liability', 'Drone liability', 'Garage', 'Description of operations',
  ])
})

test('a row begins with its policy and ends with its limits', () => {
  assert.deepEqual(group('coverages.commercial_general_liability')?.fields.map(f => f.label), [
    'Policy number', 'Effective', 'Expires', 'Occurrence', 'Additional insured', 'Each occurrence', 'General aggregate',
  ])
})

test('values are written as people read them', () => {
  const text = (path: string) => field(path)?.text
  assert.equal(text('coverages.commercial_general_liability.limits.each_occurrence_dollars'), '$1,000,000')
  assert.equal(text('coverages.commercial_general_liability.additional_policies.0.limits.each_occurrence_dollars'), '$0')
  assert.equal(text('coverages.commercial_general_liability.occurrence'), 'Yes')
  assert.equal(text('coverages.automobile_liability.autos'), 'Any auto, Hired autos only')
  assert.equal(text('description_of_operations.additional_insured_names'), 'Tamarack, Commons')
  assert.equal(text('coverages.other.0.limits.0.amount_dollars'), '$5,000')
  assert.equal(text('insurers.1.name'), 'Stonegate')
})

test('what is not shown is no value, and never zero', () => {
  assert.equal(field('coverages.commercial_general_liability.limits.general_aggregate_dollars')?.text, null)
  assert.equal(field('coverages.commercial_general_liability.additional_insured')?.text, null)
  assert.equal(field('insurers.1.naic'), undefined)
})

test('a list rests on the evidence of its items, an item on that of its list', () => {
  assert.equal(field('coverages.automobile_liability.autos')?.evidence?.text, 'X')
  assert.equal(evidenceAt({ autos: at('X') }, 'autos.3')?.text, 'X')
  assert.equal(evidenceAt({ autos: at('X') }, 'other.3'), null)
})

test('print that says the same in another form is not repeated', () => {
  const f = (text: string | null, printed: string) => printedOtherwise({ path: '', label: '', text, evidence: at(printed) })
  assert.equal(f('$1,000,000', '$ 1,000,000'), null)
  assert.equal(f('Yes', 'X'), null)
  assert.equal(f('09/03/2026', '9/3/26'), '9/3/26')
  assert.equal(f('Harbor & Pine', 'HARBOR & PINE'), 'HARBOR & PINE')
  assert.equal(f(null, 'Included'), null)
})

test('paths are named by their coverage', () => {
  assert.equal(titleOf('coverages.workers_compensation.limits'), 'Workers compensation')
  assert.equal(titleOf('coverages'), 'All coverages')
  assert.equal(titleOf('insured.name'), 'Insured')
})

test('a rule’s line says which field it looks at, unless the check says it', () => {
  const subjects = ['coverages', 'coverages.workers_compensation', 'coverages.workers_compensation.limits', 'coverages.workers_compensation.policy_expiration_date',
    'coverages.commercial_general_liability.additional_insured', 'coverages.automobile_liability.limits.combined_single_limit_dollars', 'insured.name', 'certificate_holder.address', 'description_of_operations.signature']
  assert.deepEqual(subjects.map(subjectOf), ['All coverages', 'Workers compensation', 'Workers compensation', 'Workers compensation',
    'Commercial general liability, additional insured', 'Automobile liability, combined single limit', 'Insured', 'Certificate holder, address', 'Description of operations, signature'])
})
