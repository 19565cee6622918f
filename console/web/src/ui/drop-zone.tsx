import { useRef, useState } from 'preact/hooks'
import { Problem } from '../client.ts'
import { bytes } from '../format.ts'
import { Icon } from './icon.tsx'

const maxFile = 15 * 1024 * 1024

// DropZone takes PDFs, dropped or chosen.
export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false)
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <div
      class={`drop ${over ? 'over' : ''}`}
      onDragOver={e => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)}
      onDrop={e => { e.preventDefault(); e.stopPropagation(); setOver(false); onFiles([...(e.dataTransfer?.files ?? [])]) }}
    >
      <Icon name="upload" />
      <p>Drop PDFs here, or <button type="button" class="link" onClick={() => chooser.current?.click()}>choose files</button></p>
      <p class="hint">PDF, up to 15 MB each</p>
      <input ref={chooser} type="file" accept="application/pdf,.pdf" multiple hidden aria-label="Certificates" onChange={e => { onFiles([...(e.currentTarget.files ?? [])]); e.currentTarget.value = '' }} />
    </div>
  )
}

// refusal says of a file what the service would refuse, before it is sent.
export function refusal(file: File): Problem | null {
  if (!/\.pdf$/i.test(file.name)) return new Problem(0, 'local', 'This is no PDF: its name must end in .pdf.')
  if (file.size > maxFile) return new Problem(0, 'local', `This is ${bytes(file.size)}; at most 15 MB can be taken.`)
  return null
}
