import { plural } from './format.ts'
import type { Delivery } from './schema.ts'

// healthOf says how deliveries went. Those that wait, were skipped or cancelled say nothing about the endpoint.
export function healthOf(deliveries: Delivery[]): { ended: number; arrived: number; words: string } {
  const ended = deliveries.filter(d => d.status === 'succeeded' || d.status === 'failed' || d.status === 'exhausted')
  const arrived = ended.filter(d => d.status === 'succeeded').length
  const waiting = deliveries.filter(d => d.status === 'pending' && d.attempt_count > 0).length
  const words = ended.length ? `${arrived} of the last ${ended.length} arrived` : 'none has arrived yet'
  return { ended: ended.length, arrived, words: waiting ? `${words}, ${plural(waiting, 'retry').replace('retrys', 'retries')} waiting` : words }
}
