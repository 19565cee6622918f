import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { linksOf, newClient, Problem, problemOf } from '../src/client.ts'

const fetchBefore = globalThis.fetch
afterEach(() => {
  globalThis.fetch = fetchBefore
})

// answers stands in for the service and keeps what was asked of it.
function answers(...given: (Response | Error)[]): { url: string; init: RequestInit }[] {
  const asked: { url: string; init: RequestInit }[] = []
  globalThis.fetch = ((url: string, init: RequestInit) => {
    asked.push({ url, init: { ...init, headers: { ...(init.headers as Record<string, string>) } } })
    const next = given.shift() ?? new Error('asked once too often')
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
  }) as typeof fetch
  return asked
}

const sign = (renewed: string[] = []) => {
  let token = 'token'
  return { token: () => token, renew: () => Promise.resolve(Boolean((token = renewed.shift() ?? token) !== 'token')), expired: () => {} }
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers })
const header = (init: RequestInit, name: string) => (init.headers as Record<string, string>)[name]

test('what reads carries no token, what changes something does', async () => {
  const asked = answers(json(200, {}), json(200, {}), json(200, {}), json(200, {}))
  const client = newClient(sign())
  await client.get('/account')
  await client.send('POST', '/contractors', { body: { a: 1 } })
  await client.send('PUT', '/contractors/x')
  await client.send('DELETE', '/contractors/x')
  assert.deepEqual(asked.map(a => header(a.init, 'X-CSRF-Token')), [undefined, 'token', 'token', 'token'])
  assert.match(header(asked[1]!.init, 'Idempotency-Key') ?? '', /^[0-9a-f]{32}$/)
  assert.equal(asked[1]!.url, '/api/v1/contractors')
})

test('a POST that was cut off is sent once more with its key', async () => {
  const asked = answers(new TypeError('network'), json(201, { id: 'x' }))
  assert.deepEqual(await newClient(sign()).send('POST', '/contractors', { body: {} }), { id: 'x' })
  assert.equal(header(asked[0]!.init, 'Idempotency-Key'), header(asked[1]!.init, 'Idempotency-Key'))
})

test('other requests that were cut off say so', async () => {
  const asked = answers(new TypeError('network'))
  await assert.rejects(newClient(sign()).send('DELETE', '/contractors/x'), (e: Problem) => e.code === 'no_answer' && e.status === 0)
  assert.equal(asked.length, 1)
})

test('a session that is over is noticed, and a forbidden request is not taken for one', async () => {
  let ended = 0
  const client = newClient({ ...sign(), expired: () => ended++ })
  answers(json(401, { message: 'Send your API key.', error_code: 'invalid_api_key' }), json(403, { message: 'No.', error_code: 'forbidden' }))
  await assert.rejects(client.get('/account'), /Send your API key/)
  await assert.rejects(client.send('POST', '/x'), /No\./)
  assert.equal(ended, 1)
})

test('refusals are read in both of their forms, and never shown raw', () => {
  assert.equal(problemOf(409, { message: 'It was decided.', error_code: 'invalid_state' }).message, 'It was decided.')
  const fields = problemOf(400, { message: { 'rules[0].path': 'is unknown', name: 'is missing' }, error_code: 'invalid_input' })
  assert.deepEqual(fields.fields, { 'rules[0].path': 'is unknown', name: 'is missing' })
  assert.equal(fields.message, 'rules[0].path: is unknown')
  assert.equal(problemOf(502, null).message, 'The service failed to answer. Try again in a moment.')
  assert.equal(problemOf(418, 'tea').message, 'The service answered 418.')
})

test('the neighbours of a page come from its Link header', () => {
  const links = linksOf('</api/v1/x?limit=25&starting_after=ci_b&expand%5B%5D=review_results>; rel="next", </api/v1/x?ending_before=ci_a>; rel="prev"')
  assert.deepEqual(links.next, { limit: '25', starting_after: 'ci_b', 'expand[]': 'review_results' })
  assert.deepEqual(links.prev, { ending_before: 'ci_a' })
  assert.deepEqual(linksOf(null), { next: null, prev: null })
})

test('a token that another tab made stale is renewed once', async () => {
  const forbidden = () => json(403, { message: 'No.', error_code: 'forbidden' })
  const asked = answers(forbidden(), json(200, { done: true }))
  assert.deepEqual(await newClient(sign(['fresh'])).send('DELETE', '/x'), { done: true })
  assert.deepEqual(asked.map(a => header(a.init, 'X-CSRF-Token')), ['token', 'fresh'])
  const again = answers(forbidden(), forbidden())
  await assert.rejects(newClient(sign()).send('DELETE', '/x'), /No\./)
  assert.equal(again.length, 1)
})
