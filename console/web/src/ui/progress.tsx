import { plural, statusWords } from '../format.ts'
import type { Counts, Status } from '../schema.ts'

const order: Status[] = ['approved', 'flagged', 'denied', 'error', 'processing', 'pending']

// Progress shows how far a job is: a stripe for each status that its certificates are in.
export function Progress({ counts, legend }: { counts: Counts; legend?: boolean }) {
  const total = order.reduce((sum, s) => sum + (counts[s] ?? 0), 0)
  const ended = total - (counts.pending ?? 0) - (counts.processing ?? 0)
  const shown = order.filter(s => counts[s] > 0)
  return (
    <div class="job-progress">
      <div class="stripes" role="progressbar" aria-label="Certificates reviewed" aria-valuemin={0} aria-valuemax={total} aria-valuenow={ended} aria-valuetext={`${ended} of ${total} reviewed`}>
        {shown.map(s => <span key={s} class={`stripe ${s}`} style={{ flexGrow: counts[s] }} title={`${statusWords[s]}: ${counts[s]}`} />)}
      </div>
      <span class="under">{total ? `${ended} of ${plural(total, 'certificate')} reviewed` : 'No certificates yet'}</span>
      {legend && (
        <ul class="legend">
          {shown.map(s => <li key={s}><span class={`swatch ${s}`} aria-hidden="true" />{statusWords[s]} <b>{counts[s]}</b></li>)}
        </ul>
      )}
    </div>
  )
}
