import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, bytes, happened, nameOf, percent, plural, readers, reasonWords, spent, until } from '../src/format.ts'
import { healthOf } from '../src/health.ts'
import { nextDelay } from '../src/live.ts'
import { addressOf, match, placeOf } from '../src/router.ts'
import type { Contractor, Delivery, DeliveryStatus, HistoryEntry } from '../src/schema.ts'
import { searchOf } from '../src/search.ts'
import { date, moment, readTyped, typed } from '../src/zone.ts'

test('times are told as people tell them', () => {
  assert.deepEqual([0, 30, 61, 3700, 90_000].map(past => ago(1_760_000_000 - past, 1_760_000_000)), ['just now', '30 seconds ago', '1 minute ago', '1 hour ago', '1 day ago'])
  assert.match(ago(1_760_000_000 - 30 * 86_400, 1_760_000_000), /2025/)
  assert.deepEqual([-5, 30, 300, 7200].map(left => until(1_760_000_000 + left, 1_760_000_000)), ['now', 'in 30 seconds', 'in 5 minutes', 'in 2 hours'])
})

test('times are those of the account’s zone, and say which it is', () => {
  assert.equal(moment(1_795_433_653, 'America/New_York').replace(/\s/g, ' '), 'Nov 23, 2026, 6:34 AM EST')
  assert.equal(moment(1_795_433_653, 'UTC').replace(/\s/g, ' '), 'Nov 23, 2026, 11:34 AM UTC')
  assert.equal(date(1_795_480_000, 'Asia/Tokyo'), 'Nov 24, 2026')
  assert.match(moment(1_795_433_653, 'Nowhere/Ever'), /2026/)
})

test('a time that is typed is one of the account’s zone', () => {
  for (const zone of ['America/New_York', 'Asia/Kolkata', 'UTC', 'Pacific/Auckland']) {
    // In winter, in summer, and beside both changes of the clock.
    for (const at of [1_795_433_640, 1_782_000_000, 1_772_953_200, 1_793_516_400]) assert.equal(readTyped(typed(at, zone), zone), at, `${zone} ${at}`)
  }
  assert.equal(typed(1_795_433_653, 'America/New_York'), '2026-11-23T06:34')
  // 02:30 does not exist on the day that the clock is put forward.
  assert.equal(typed(readTyped('2026-03-08T02:30', 'America/New_York'), 'America/New_York'), '2026-03-08T03:30')
})

test('who read a certificate is told in words', () => {
  assert.deepEqual(['acord', 'anthropic/sonnet', 'acord + openai/local'].map(readers), ['the layout reader', 'anthropic/sonnet', 'the layout reader and openai/local'])
})

test('why a delivery failed is told in words', () => {
  assert.deepEqual(['connect', 'endpoint_gone', 'something_else'].map(reasonWords), ['nothing accepts the connection', 'the endpoint answered 410', 'something else'])
})

test('only what is certain is 100%', () => {
  assert.deepEqual([0, 0.5, 0.999, 1].map(percent), ['0%', '50%', '99%', '100%'])
})

test('quantities agree with their words', () => {
  assert.deepEqual([plural(1, 'file'), plural(1200, 'file'), bytes(900), bytes(2048), bytes(3 * 1024 * 1024)], ['1 file', '1,200 files', '900 bytes', '2 KB', '3.0 MB'])
})

test('a contractor is called by the firm, then the person, then the address', () => {
  const c: Contractor = { id: 'cn_1', email: 'a@b.c', first_name: 'June', last_name: 'Abernathy', company_name: 'Harbor', placeholder: false, created: 0 }
  assert.deepEqual([nameOf(c), nameOf({ ...c, company_name: null }), nameOf({ ...c, company_name: '', first_name: '', last_name: '' })], ['Harbor', 'June Abernathy', 'a@b.c'])
})

test('the history names the rule that was approved, and says when a decision was set aside', () => {
  const entry: HistoryEntry = { kind: 'rule_approved', actor: 'key_1', reason: null, status: 'flagged', audit: 'ca_1', audit_result: 'car_1', override: false, created: 0 }
  assert.equal(happened(entry, id => (id === 'car_1' ? 'CGL Limits' : null)), 'Rule approved: CGL Limits')
  assert.equal(happened(entry, () => null), 'Rule approved')
  assert.match(happened({ ...entry, kind: 'reevaluated', override: true }, () => null), /setting aside/)
  assert.equal(happened({ ...entry, kind: 'evaluated' }, () => null), 'Evaluated: flagged')
})

test('reconnecting waits ever longer, and never more than half a minute', () => {
  assert.deepEqual([1, 2, 3, 5, 6, 50].map(nextDelay), [1000, 2000, 4000, 16_000, 30_000, 30_000])
})

test('addresses go to their pages and back', () => {
  assert.deepEqual(placeOf('/console/certificates/ci_1/', '?status=flagged&q=a%20b'), { path: '/certificates/ci_1', query: { status: 'flagged', q: 'a b' } })
  assert.deepEqual(placeOf('/console', ''), { path: '/', query: {} })
  assert.equal(addressOf('/certificates', { status: 'flagged', job: null, q: '' }), '/console/certificates?status=flagged')
  assert.equal(addressOf('/'), '/console')
  assert.deepEqual(match('/certificates/:id', '/certificates/ci_1'), { id: 'ci_1' })
  assert.equal(match('/certificates/:id', '/certificates'), null)
  assert.equal(match('/certificates/:id', '/certificates/%E0%A4%A'), null)
})

test('a search knows ids and addresses from file names', () => {
  assert.deepEqual(searchOf(' ci_Ab1 '), { kind: 'certificate', id: 'ci_Ab1' })
  assert.deepEqual(searchOf('cn_x'), { kind: 'contractor', id: 'cn_x' })
  assert.deepEqual(searchOf('june@harbor.example'), { kind: 'email', email: 'june@harbor.example' })
  assert.deepEqual(searchOf('ci_ 2024.pdf'), { kind: 'filename', text: 'ci_ 2024.pdf' })
  assert.deepEqual(searchOf('  '), { kind: 'nothing' })
})

test('what waits or was skipped says nothing about an endpoint’s health', () => {
  const d = (status: DeliveryStatus, attempt_count = 1): Delivery => ({ id: '', event: '', event_type: 'ping', webhook_endpoint: '', status, reason: null, attempt_count, next_attempt_at: null, created: 0, updated: 0 })
  assert.equal(healthOf([d('succeeded'), d('failed'), d('skipped'), d('pending', 0)]).words, '1 of the last 2 arrived')
  assert.equal(healthOf([d('succeeded'), d('pending', 2), d('pending', 1)]).words, '1 of the last 1 arrived, 2 retries waiting')
  assert.equal(healthOf([d('skipped')]).words, 'none has arrived yet')
})

test('what a language model used is summed up, in dollars where there are prices', () => {
  const call = { input_tokens: 2000, output_tokens: 500, cost_microusd: 0 }
  assert.equal(spent([]), '')
  assert.equal(spent([call]), '1 request to a language model, 2,500 tokens')
  assert.equal(spent([{ ...call, cost_microusd: 13500 }, { ...call, cost_microusd: 6000 }]), '2 requests to a language model, 5,000 tokens, $0.0195')
  assert.equal(spent([{ ...call, cost_microusd: 1_250_000 }]), '1 request to a language model, 2,500 tokens, $1.25')
})
