// Speaks to the API as the session's account. Every request that changes something carries the session's CSRF token and an
// Idempotency-Key, so that one that was cut off can be sent again without doing its work twice.

// Problem is a refusal of the API, or a request that got no answer (status 0).
export class Problem extends Error {
  readonly status: number
  readonly code: string
  // What is wrong with single fields, by their position in the body.
  readonly fields: Record<string, string>

  constructor(status: number, code: string, message: string, fields: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.fields = fields
  }
}

export interface Page<T> {
  items: T[]
  // The queries of the pages beside this one, if there are any.
  next: Query | null
  prev: Query | null
}

export type Query = Record<string, string>

export interface Request {
  query?: Query
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Client {
  get<T>(path: string, request?: Request): Promise<T>
  list<T>(path: string, request?: Request): Promise<Page<T>>
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, request?: Request): Promise<T>
  upload<T>(path: string, form: FormData, progress: (share: number) => void, signal?: AbortSignal): Promise<T>
}

export const basePath = '/api/v1'

// problemOf reads the body of a refusal.
export function problemOf(status: number, body: unknown): Problem {
  const { message, error_code: code } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown; error_code?: unknown }
  const name = typeof code === 'string' ? code : 'unknown'
  if (typeof message === 'string' && message !== '') return new Problem(status, name, message)
  if (typeof message === 'object' && message !== null) {
    const fields: Record<string, string> = {}
    for (const [field, fault] of Object.entries(message)) fields[field] = String(fault)
    const [first] = Object.entries(fields)
    return new Problem(status, name, first ? `${first[0]}: ${first[1]}` : 'The request was refused.', fields)
  }
  return new Problem(status, name, status >= 500 ? 'The service failed to answer. Try again in a moment.' : `The service answered ${status}.`)
}

// linksOf reads the queries of the neighbouring pages from a Link header (RFC 8288).
export function linksOf(header: string | null): { next: Query | null; prev: Query | null } {
  const links: { next: Query | null; prev: Query | null } = { next: null, prev: null }
  for (const [, target, relation] of (header ?? '').matchAll(/<([^>]*)>\s*;\s*rel="?(next|prev)"?/g)) {
    const query = (target ?? '').split('?')[1] ?? ''
    links[relation as 'next' | 'prev'] = Object.fromEntries(new URLSearchParams(query))
  }
  return links
}

// idempotencyKey makes a key from 128 random bits; crypto.randomUUID is not there without TLS.
function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('')
}

function address(path: string, query?: Query): string {
  const text = new URLSearchParams(query ?? {}).toString()
  return basePath + path + (text ? `?${text}` : '')
}

export const noAnswer = () => new Problem(0, 'no_answer', 'The service cannot be reached. Check the connection and try again.')

// Sign is what a client knows of its session.
export interface Sign {
  token(): string
  // renew answers whether there is another token of the same account: somebody signed in again in another tab.
  renew(): Promise<boolean>
  expired(): void
}

// asPage tells the server that a page asks, for which it leaves out the challenge that would make the browser ask for a password.
const asPage = { 'X-Requested-With': 'certflow-console' }

// newClient makes a client that sends the session's token, and says when the session is over.
export function newClient(sign: Sign): Client {
  async function ask(method: string, path: string, request: Request): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', 'List-Format': 'array', ...asPage, ...request.headers }
    const changes = method !== 'GET'
    if (changes) headers['X-CSRF-Token'] = sign.token()
    if (method === 'POST') headers['Idempotency-Key'] = idempotencyKey()
    let body: string | null = null
    if (request.body !== undefined) {
      headers['Content-Type'] = 'application/json'
      body = JSON.stringify(request.body)
    }
    const once = () =>
      fetch(address(path, request.query), { method, headers, body, credentials: 'same-origin', signal: request.signal ?? null })
    let response: Response
    try {
      // A POST that was cut off is sent once more: its key keeps it from counting twice.
      response = await once().catch((e: unknown) => (method === 'POST' && !request.signal?.aborted ? once() : Promise.reject(e)))
      if (response.status === 403 && changes && (await sign.renew())) {
        headers['X-CSRF-Token'] = sign.token()
        response = await once()
      }
    } catch (e) {
      if (request.signal?.aborted) throw e
      throw noAnswer()
    }
    if (response.ok) return response
    const problem = problemOf(response.status, await response.json().catch(() => null))
    if (response.status === 401) sign.expired()
    throw problem
  }

  return {
    async get<T>(path: string, request: Request = {}) {
      return (await (await ask('GET', path, request)).json()) as T
    },
    async list<T>(path: string, request: Request = {}) {
      const response = await ask('GET', path, request)
      return { items: (await response.json()) as T[], ...linksOf(response.headers.get('Link')) }
    },
    async send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, request: Request = {}) {
      return (await (await ask(method, path, request)).json()) as T
    },
    async upload<T>(path: string, form: FormData, progress: (share: number) => void, signal?: AbortSignal) {
      const key = idempotencyKey()
      const once = () => post(path, form, { ...asPage, 'X-CSRF-Token': sign.token(), 'Idempotency-Key': key }, progress, signal)
      let answer = await once()
      if (answer.status === 403 && (await sign.renew())) answer = await once()
      if (answer.status >= 200 && answer.status < 300) return answer.body as T
      if (answer.status === 401) sign.expired()
      throw problemOf(answer.status, answer.body)
    },
  }
}

// post sends a form. fetch cannot tell how much of a body was sent; XMLHttpRequest can.
function post(path: string, form: FormData, headers: Record<string, string>, progress: (share: number) => void, signal?: AbortSignal) {
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', basePath + path)
    request.responseType = 'json'
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = e => e.lengthComputable && progress(e.loaded / e.total)
    request.onerror = () => reject(noAnswer())
    request.onabort = () => reject(new Problem(0, 'aborted', 'The upload was stopped.'))
    request.onload = () => resolve({ status: request.status, body: request.response as unknown })
    signal?.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}
