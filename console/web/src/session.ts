import type { Session } from './app.ts'
import { noAnswer, problemOf, type Sign } from './client.ts'

// The console's session: the API key goes to the server once and comes back as a cookie that scripts cannot read.

const address = '/console/session'

async function ask(init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch {
    throw noAnswer()
  }
}

async function read(response: Response): Promise<Session> {
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(response.status, body)
  return body as Session
}

// askSession finds out who is signed in; null is nobody.
export async function askSession(): Promise<Session | null> {
  const response = await ask({ headers: { Accept: 'application/json' } })
  return response.status === 204 ? null : read(response)
}

export async function signIn(key: string): Promise<Session> {
  return read(await ask({ method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ key }) }))
}

export async function endSession(sign: Sign): Promise<void> {
  const once = () => ask({ method: 'DELETE', headers: { 'X-CSRF-Token': sign.token() } })
  let response = await once()
  if (response.status === 403 && (await sign.renew())) response = await once()
  if (!response.ok) throw problemOf(response.status, null)
}
