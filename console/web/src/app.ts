import { createContext } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { Client } from './client.ts'
import { Problem } from './client.ts'
import type { Live, Heard } from './live.ts'
import type { Account } from './schema.ts'
import type { Names } from './names.ts'
import { addressOf, type Place } from './router.ts'

export interface Session {
  account: string
  key: string
  live: boolean
  csrf_token: string
  expires_at: number
  // The page of the Temporal UI to which a workflow's id is added; null for accounts that are no operators.
  workflows: string | null
}

export interface App {
  client: Client
  session: Session
  account: Account | null
  live: Live
  names: Names
  place: Place
  go(path: string, query?: Record<string, string | null | undefined>, replace?: boolean): void
  say(text: string, tone?: 'good' | 'bad'): void
  signOut(): void
}

export const AppContext = createContext<App | null>(null)

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('useApp outside of the app')
  return app
}

export interface Loaded<T> {
  data: T | null
  problem: Problem | null
  loading: boolean
  reload: () => void
  set: (change: (data: T) => T) => void
}

// useLoad loads what deps name and keeps what it has while it loads again. An answer that comes late, for earlier deps, is dropped.
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, deps: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; problem: Problem | null; loading: boolean }>({ data: null, problem: null, loading: true })
  const [turn, setTurn] = useState(0)
  const last = useRef<unknown[] | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const same = last.current !== null && last.current.every((d, i) => d === deps[i])
    last.current = deps
    setState(s => ({ data: same ? s.data : null, problem: same ? s.problem : null, loading: true }))
    load(stop.signal).then(
      data => !stop.signal.aborted && setState({ data, problem: null, loading: false }),
      (e: unknown) => !stop.signal.aborted && setState(s => ({ ...s, problem: asProblem(e), loading: false })),
    )
    return () => stop.abort()
  }, [...deps, turn])
  return {
    ...state,
    reload: () => setTurn(t => t + 1),
    set: change => setState(s => (s.data === null ? s : { ...s, data: change(s.data) })),
  }
}

export function asProblem(e: unknown): Problem {
  return e instanceof Problem ? e : new Problem(0, 'page', 'Something in this page failed. Load it again.')
}

// useHeard hears the account's events for as long as a page is shown.
export function useHeard(listener: (heard: Heard) => void): void {
  const { live } = useApp()
  const current = useRef(listener)
  current.current = listener
  useEffect(() => live.listen(heard => current.current(heard)), [live])
}

// useSoon runs what it is given a little later, once for many calls.
export function useSoon(run: () => void, delay: number): () => void {
  const timer = useRef(0)
  const current = useRef(run)
  current.current = run
  useEffect(() => () => clearTimeout(timer.current), [])
  return () => {
    if (timer.current) return
    timer.current = window.setTimeout(() => {
      timer.current = 0
      current.current()
    }, delay)
  }
}

// useEvery runs something again and again while on.
export function useEvery(run: () => void, milliseconds: number, on: boolean): void {
  const current = useRef(run)
  current.current = run
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => document.hidden || current.current(), milliseconds)
    return () => clearInterval(timer)
  }, [on, milliseconds])
}

// useNow is the time in Unix seconds, new every half minute.
export function useNow(): number {
  const [now, set] = useState(() => Date.now() / 1000)
  useEvery(() => set(Date.now() / 1000), 30_000, true)
  return now
}

export { addressOf }
