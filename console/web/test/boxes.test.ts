import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf, pathsFor, spotOf } from '../src/boxes.ts'
import type { Evidence } from '../src/schema.ts'

const at = (page: number, box: [number, number, number, number]): Evidence => ({ page, box, text: '', confidence: 1, source: 'text' })
const letter = { width: 612, height: 792 }

test('a box lies where its points are, with a little room', () => {
  const spot = spotOf('x', at(1, [61.2, 79.2, 122.4, 158.4]), letter)
  assert.ok(spot)
  assert.ok(Math.abs(spot.left - (0.1 - 1.5 / 612)) < 1e-9)
  assert.ok(Math.abs(spot.top - (0.1 - 1.5 / 792)) < 1e-9)
  assert.ok(Math.abs(spot.width - (0.1 + 3 / 612)) < 1e-9)
  assert.ok(Math.abs(spot.height - (0.1 + 3 / 792)) < 1e-9)
})

test('a page that lies on its side is measured as it is displayed', () => {
  const spot = spotOf('x', at(1, [700, 500, 780, 520]), { width: 792, height: 612 })
  assert.ok(spot && spot.left > 0.88 && spot.top > 0.81)
})

test('a box never leaves the page', () => {
  const spot = spotOf('x', at(1, [-5, -5, 700, 900]), letter)
  assert.deepEqual([spot?.left, spot?.top, spot?.width, spot?.height], [0, 0, 1, 1])
})

test('what was found nowhere has no spot', () => {
  assert.equal(spotOf('x', at(0, [0, 0, 0, 0]), letter), null)
  assert.equal(spotOf('x', at(1, [10, 10, 10, 20]), letter), null)
  assert.equal(spotOf('x', at(1, [10, 10, Number.NaN, 20]), letter), null)
  assert.equal(spotOf('x', at(1, [900, 10, 950, 20]), letter), null)
})

const evidence = {
  'coverages.auto.limits.a': at(1, [0, 0, 1, 1]), 'coverages.auto.limits.b': at(2, [0, 0, 1, 1]), 'coverages.automobile.x': at(2, [0, 0, 1, 1]), 'insured.name': at(2, [0, 0, 1, 1]),
}

test('a rule lights what it names, or what stands below its path', () => {
  assert.deepEqual(pathsFor({ rule_path: 'coverages.auto', evidence_paths: ['insured.name', 'gone'] }, evidence), ['insured.name'])
  assert.deepEqual(pathsFor({ rule_path: 'coverages.auto' }, evidence), ['coverages.auto.limits.a', 'coverages.auto.limits.b'])
  assert.deepEqual(pathsFor({ rule_path: 'insured.name', evidence_paths: [] }, evidence), ['insured.name'])
  assert.deepEqual(pathsFor({ rule_path: 'nothing' }, evidence), [])
})

test('the page that is shown is the one with most of it, the first of equals', () => {
  assert.equal(pageOf(Object.keys(evidence), evidence), 2)
  assert.equal(pageOf(['coverages.auto.limits.a', 'coverages.auto.limits.b'], evidence), 1)
  assert.equal(pageOf(['nothing'], evidence), null)
})
