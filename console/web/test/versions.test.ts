import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../src/schema.ts'
import { compare } from '../src/versions.ts'

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({ name, path: 'coverages', check: 'effective', ...more })
const said = (before: Rule[], after: Rule[]) => compare(before, after).map(l => `${l.change} ${l.name}${l.keys.length ? ` (${l.keys.join(', ')})` : ''}`)

test('rules are compared by name, in the order of the later version', () => {
  assert.deepEqual(said([rule('a'), rule('b'), rule('c')], [rule('b'), rule('d'), rule('a', { check: 'required' })]), ['same b', 'added d', 'changed a (check)', 'removed c'])
})

test('a rule that is gone is shown where it stood', () => {
  assert.deepEqual(said([rule('a'), rule('b'), rule('c')], [rule('a'), rule('c')]), ['same a', 'removed b', 'same c'])
  assert.deepEqual(said([rule('a')], []), ['removed a'])
  assert.deepEqual(said([], [rule('a')]), ['added a'])
})

test('the order of keys is no change, nor is a default that is written out', () => {
  const before = rule('a', { value: { x: 1, y: 2 } })
  const after = rule('a', { value: { y: 2, x: 1 }, severity: 'standard', umbrella: false, days: 0 })
  assert.deepEqual(said([before], [after]), ['same a'])
  assert.deepEqual(said([before], [rule('a', { value: { x: 1, y: 3 }, severity: 'critical' })]), ['changed a (severity, value)'])
})
