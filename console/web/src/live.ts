import { eventTypes, type Event } from './schema.ts'
import { basePath } from './client.ts'

// Live follows the account's events. While the stream is down it reconnects, ever more slowly, and asks its listeners to look for
// themselves every few seconds.

export type State = 'connecting' | 'live' | 'polling'
export type Heard = { kind: 'event'; event: Event } | { kind: 'look' } | { kind: 'state'; state: State }

const pollEvery = 8_000
const hideAfter = 60_000

// nextDelay is how long to wait before the attempt that follows this many failed ones: 1, 2, 4 … 30 seconds.
export function nextDelay(failed: number): number {
  return Math.min(30_000, 1_000 * 2 ** Math.max(0, failed - 1))
}

export class Live {
  state: State = 'connecting'
  private source: EventSource | null = null
  private failed = 0
  private timer = 0
  private poll = 0
  private hidden = 0
  private readonly listeners = new Set<(heard: Heard) => void>()

  constructor() {
    document.addEventListener('visibilitychange', this.visibility)
    this.open()
  }

  listen(listener: (heard: Heard) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  stop() {
    document.removeEventListener('visibilitychange', this.visibility)
    clearTimeout(this.hidden)
    this.close()
    this.listeners.clear()
  }

  // A page that nobody looks at gives its connection back: browsers allow six to a server without HTTP/2.
  private readonly visibility = () => {
    clearTimeout(this.hidden)
    if (document.hidden) this.hidden = window.setTimeout(() => this.close(), hideAfter)
    else if (!this.source) {
      this.failed = 0
      this.open()
    }
  }

  private close() {
    clearTimeout(this.timer)
    clearInterval(this.poll)
    this.poll = 0
    this.source?.close()
    this.source = null
  }

  private open() {
    this.close()
    const source = new EventSource(basePath + '/events/stream')
    this.source = source
    const first = this.state === 'connecting'
    source.onopen = () => {
      const missed = this.failed > 0 || !first
      this.failed = 0
      clearInterval(this.poll)
      this.poll = 0
      this.become('live')
      if (missed) this.tell({ kind: 'look' })
    }
    source.onerror = () => {
      this.failed++
      source.close()
      this.become('polling')
      if (!this.poll) this.poll = window.setInterval(() => this.tell({ kind: 'look' }), pollEvery)
      clearTimeout(this.timer)
      this.timer = window.setTimeout(() => this.reopen(), nextDelay(this.failed))
    }
    for (const type of eventTypes) {
      source.addEventListener(type, e => {
        try {
          this.tell({ kind: 'event', event: JSON.parse((e as MessageEvent<string>).data) as Event })
        } catch {
          this.tell({ kind: 'look' })
        }
      })
    }
  }

  // reopen keeps the polling up until the stream stands again.
  private reopen() {
    const poll = this.poll
    this.poll = 0
    this.open()
    this.poll = poll
  }

  private become(state: State) {
    if (state === this.state) return
    this.state = state
    this.tell({ kind: 'state', state })
  }

  private tell(heard: Heard) {
    for (const listener of [...this.listeners]) listener(heard)
  }
}
