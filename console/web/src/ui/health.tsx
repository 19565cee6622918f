import { healthOf } from '../health.ts'
import type { Delivery } from '../schema.ts'

// Health shows how the latest deliveries of an endpoint ended, the newest at the right.
export function Health({ deliveries }: { deliveries: Delivery[] | null }) {
  if (!deliveries) return <span class="health" aria-hidden="true" />
  if (!deliveries.length) return <span class="muted nowrap">nothing sent yet</span>
  const health = healthOf(deliveries)
  return (
    <span class="health" role="img" aria-label={health.words} title={health.words}>
      {[...deliveries].reverse().map(d => <span key={d.id} class={`beat ${d.status}`} />)}
      <span class="under">{health.words}</span>
    </span>
  )
}
