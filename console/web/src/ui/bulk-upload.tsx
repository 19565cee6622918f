import { useRef, useState } from 'preact/hooks'
import { asProblem, useApp } from '../app.ts'
import { Problem } from '../client.ts'
import { bytes, percent, plural } from '../format.ts'
import type { Tracker } from '../schema.ts'
import { Button, Failure } from './basics.tsx'
import { Dialog } from './dialog.tsx'
import { DropZone, refusal } from './drop-zone.tsx'
import { Icon } from './icon.tsx'

const maxFiles = 500

// BulkUpload sends PDFs of many contractors as one request, of which all or nothing is made.
export function BulkUpload(p: { tracker: Tracker; files: File[]; onClose: () => void; onMade: (job: string) => void }) {
  const { client } = useApp()
  const [files, setFiles] = useState(p.files)
  const [share, setShare] = useState<number | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const stop = useRef<AbortController | null>(null)
  const faults = faultsOf(files, problem)
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const change = (next: File[]) => {
    setFiles(next)
    setProblem(null)
  }
  const send = async () => {
    setProblem(null)
    setShare(0)
    stop.current = new AbortController()
    const form = new FormData()
    for (const file of files) form.append('certificates[]', new File([file], file.name, { type: 'application/pdf' }))
    form.append('tracker_id', p.tracker.id)
    try {
      const made = await client.upload<{ job: string }>('/files/external_certificates/tracker/placeholder/bulk', form, setShare, stop.current.signal)
      p.onMade(made.job)
    } catch (e) {
      setProblem(asProblem(e))
      setShare(null)
    }
  }
  const sending = share !== null
  const about = problem && !files.some((_, i) => problem.fields[keyOf(files, i)])
  return (
    <Dialog title={`Upload in bulk to ${p.tracker.name}`} onClose={p.onClose} wide locked={sending}>
      <div class="dialog-body">
        {!sending && <DropZone onFiles={more => change([...files, ...more])} />}
        {sending && (
          <div class="field">
            <progress class="whole" value={share} max={1} aria-label="Upload">{percent(share)}</progress>
            <p class="hint">{share < 1 ? `${percent(share)} of ${bytes(total)} sent` : 'Everything is sent; contractors and certificates are being made.'}</p>
          </div>
        )}
        {about && <Failure problem={problem} />}
        {files.length > 0 && (
          <ul class="uploads" aria-label="Files" tabIndex={0}>
            {files.map((file, i) => (
              <li key={`${file.name}-${i}`}>
                <Icon name="page" />
                <span class="upload-name">{file.name}<span class="under">{faults[i] ? <span class="fault">{faults[i]}</span> : bytes(file.size)}</span></span>
                {!sending && <button type="button" class="button quiet square" aria-label={`Remove ${file.name}`} onClick={() => change(files.filter((_, at) => at !== i))}><Icon name="cross" /></button>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <footer>
        <span class="muted grow" aria-live="polite">
          {files.length > maxFiles ? `At most ${maxFiles} files can go at once.`
            : !faults.some(Boolean) ? 'All or nothing: one faulty file refuses the whole.'
            : problem ? 'Nothing was made. Remove the files that are marked, or mend them.' : 'Remove the files that are marked.'}
        </span>
        <Button onClick={() => (sending ? stop.current?.abort() : p.onClose())}>Cancel</Button>
        <Button tone="primary" icon="upload" busy={sending} disabled={!files.length || files.length > maxFiles || faults.some(Boolean)} onClick={send}>
          {files.length ? `Upload ${plural(files.length, 'file')}` : 'Upload'}
        </Button>
      </footer>
    </Dialog>
  )
}

// keyOf is how the service names a file of an upload in a refusal: by its name, with a number where a name repeats.
function keyOf(files: File[], at: number): string {
  const name = files[at]?.name ?? ''
  const before = files.slice(0, at).filter(f => f.name === name).length
  return before ? `${name}#${before + 1}` : name
}

function faultsOf(files: File[], problem: Problem | null): (string | undefined)[] {
  return files.map((file, i) => refusal(file)?.message ?? problem?.fields[keyOf(files, i)])
}
