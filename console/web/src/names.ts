import type { Client } from './client.ts'
import type { Contractor } from './schema.ts'

// Names remembers contractors: lists of certificates give their ids alone. At most four are asked for at a time.
export class Names {
  private readonly known = new Map<string, Contractor | null>()
  private readonly waiting: string[] = []
  private readonly listeners = new Set<() => void>()
  private asking = 0

  constructor(private readonly client: Client) {}

  // of is the contractor, undefined while it is asked for, null where there is none any more.
  of(id: string): Contractor | null | undefined {
    if (this.known.has(id)) return this.known.get(id)
    if (!this.waiting.includes(id)) {
      this.waiting.push(id)
      queueMicrotask(() => this.ask())
    }
    return undefined
  }

  learn(contractor: Contractor) {
    this.known.set(contractor.id, contractor)
    this.tell()
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private ask() {
    for (const id of this.waiting) {
      if (this.asking >= 4) return
      if (this.known.has(id) || this.asked.has(id)) continue
      this.asked.add(id)
      this.asking++
      void this.client
        .get<Contractor>(`/contractors/${encodeURIComponent(id)}`)
        .then(c => c, () => null)
        .then(c => {
          this.asking--
          this.asked.delete(id)
          this.waiting.splice(this.waiting.indexOf(id), 1)
          this.known.set(id, c)
          this.tell()
          this.ask()
        })
    }
  }

  private readonly asked = new Set<string>()

  private tell() {
    for (const listener of [...this.listeners]) listener()
  }
}
