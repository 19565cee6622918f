import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountOf, draftOf, emptyDraft, faultsAt, limitsAt, pathsOf, ruleOf, tell } from '../src/rules.ts'
import type { Rule } from '../src/schema.ts'

const rules: Rule[] = [
  { name: 'Limits', path: 'coverages.commercial_general_liability.limits', check: 'minimum', value: { each_occurrence_dollars: 1_000_000, general_aggregate_dollars: 2_000_000 }, umbrella: true, severity: 'critical' },
  { name: 'Expiry', path: 'coverages', check: 'not_expired', days: 30 },
  { name: 'In force', path: 'coverages.workers_compensation', check: 'effective' },
  { name: 'Shown', path: 'coverages.workers_compensation', check: 'required' },
  { name: 'Name', path: 'insured.name', check: 'name_matches', value: 'contractor' },
  { name: 'Holder', path: 'certificate_holder.name', check: 'name_matches', value: ['Tamarack Commons', 'Ours'] },
  { name: 'Insured', path: 'description_of_operations', check: 'contains_name', value: ['Ours'], where: ['names', 'holder'] },
  { name: 'Text', path: 'description_of_operations', check: 'contains_name', value: ['Ours'], where: 'text' },
  { name: 'False', path: 'coverages.workers_compensation.proprietor_excluded', check: 'equals', value: false },
  { name: 'Text value', path: 'insured.name', check: 'equals', value: 'Harbor "Pine"' },
  { name: 'CEL', path: 'coverages', check: 'expression', value: 'certificate.coverages.size() > 1' },
]

test('a rule that goes through its form comes out as it was', () => {
  for (const [i, rule] of rules.entries()) assert.deepEqual(ruleOf(draftOf(rule, i)), rule)
})

test('a fresh rule is complete but for its name', () => {
  const rule = ruleOf(emptyDraft(1))
  assert.deepEqual(rule, { name: '', path: 'coverages.commercial_general_liability.limits', check: 'minimum', value: { each_occurrence_dollars: 1_000_000 } })
})

test('amounts are read as people type them', () => {
  for (const [typed, amount] of [['1000000', 1e6], ['1,000,000', 1e6], ['$ 2,000,000', 2e6], ['5m', 5e6], ['2.5M', 2.5e6], ['300k', 3e5], ['0', 0]] as const) assert.equal(amountOf(typed), amount)
})

test('what is no amount stays text, for the service to refuse', () => {
  for (const typed of ['', 'Included', '-5', '1 000', '1e6', '$']) assert.equal(amountOf(typed), typed.trim())
})

test('faults stand at their rule', () => {
  const { rules, rest } = faultsAt({
    'rules[2].value.each_occurrence_dollars': 'negative', 'rules[2].name': 'twice', 'rules.0.path': 'unknown', 'rules[10]': 'no object', name: 'empty', rules: 'none',
  })
  assert.deepEqual(rules.get(2), [{ position: 'value.each_occurrence_dollars', message: 'negative' }, { position: 'name', message: 'twice' }])
  assert.deepEqual(rules.get(0), [{ position: 'path', message: 'unknown' }])
  assert.deepEqual(rules.get(10), [{ position: '', message: 'no object' }])
  assert.deepEqual(rest, [['name', 'empty'], ['rules', 'none']])
})

test('a rule says in a line what it asks for', () => {
  assert.equal(tell(rules[0]!), 'each occurrence ≥ $1,000,000, general aggregate ≥ $2,000,000, with umbrella')
  assert.equal(tell(rules[1]!), '30 days or more left')
  assert.equal(tell(rules[5]!), 'is Tamarack Commons or Ours')
  assert.equal(tell(rules[8]!), 'not ticked')
  assert.equal(tell({ ...rules[3]!, path: 'coverages.commercial_general_liability.additional_insured' }), 'ticked')
  assert.equal(tell(rules[3]!), 'shown')
})

test('limits are those of the coverage at the path', () => {
  assert.deepEqual(limitsAt('coverages.workers_compensation.limits'), ['each_accident_dollars', 'disease_each_employee_dollars', 'disease_policy_limit_dollars'])
  assert.deepEqual(limitsAt('coverages.constructor.limits'), [])
  assert.deepEqual(limitsAt('insured.name'), [])
})

test('the paths on offer suit the check', () => {
  assert.ok(pathsOf('minimum').every(path => limitsAt(path).length > 0))
  assert.ok(pathsOf('not_expired').includes('coverages'))
  assert.ok(pathsOf('required').includes('coverages.workers_compensation.waiver_of_subrogation'))
})
