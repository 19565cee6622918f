import { useEffect, useId, useState } from 'preact/hooks'
import { asProblem, useApp, useEvery, useHeard, useLoad } from '../app.ts'
import type { Problem } from '../client.ts'
import { bytes, nameOf, percent, plural } from '../format.ts'
import type { Certificate, Contractor, Requirement, Status } from '../schema.ts'
import { Button, Link, StatusBadge } from './basics.tsx'
import { ContractorForm } from './contractor-form.tsx'
import { Dialog } from './dialog.tsx'
import { DropZone, refusal } from './drop-zone.tsx'
import { Icon } from './icon.tsx'

interface Item {
  file: File
  share: number
  problem: Problem | null
  id: string | null
  status: Status | null
}

const atOnce = 3

// Upload takes several PDFs of one contractor. Files go up three at a time; each shows its progress, then its verdict.
export function Upload(p: { files: File[]; onClose: () => void; onUploaded: () => void }) {
  const { client, say, names } = useApp()
  const [contractor, setContractor] = useState<Contractor | null>(null)
  const [requirement, setRequirement] = useState('')
  const [items, setItems] = useState<Item[]>(() => p.files.map(newItem))
  const [sending, setSending] = useState(false)
  const [missing, setMissing] = useState(false)
  const requirements = useLoad(signal => client.list<Requirement>('/insurance_requirements', { query: { limit: '100' }, signal }), [client])
  const select = useId()

  const tell = (id: string | undefined, status: Status | undefined) => {
    if (status) setItems(items => items.map(item => (item.id === id ? { ...item, status } : item)))
  }
  useHeard(heard => heard.kind === 'event' && tell(heard.event.data.object.id, heard.event.data.object.status))
  // A verdict may be reached before the page knows what it uploaded, so that its event says nothing here.
  const open = items.filter(item => item.status === 'pending' || item.status === 'processing')
  useEvery(() => {
    for (const { id } of open.slice(0, 10)) client.get<Certificate>(`/files/certificates/${id}`).then(c => tell(c.id, c.status), () => {})
  }, 2_500, open.length > 0)

  const add = (files: File[]) => setItems(items => [...items, ...files.map(newItem)])
  const change = (file: File, part: Partial<Item>) => setItems(items => items.map(item => (item.file === file ? { ...item, ...part } : item)))
  const waiting = items.filter(item => !item.id && !item.problem)
  const done = items.filter(item => item.id)

  const send = async () => {
    if (!contractor) return setMissing(true)
    setSending(true)
    const queue = items.filter(item => !item.id && !(item.problem && item.problem.code === 'local')).map(item => item.file)
    let failed = 0
    const next = async (): Promise<void> => {
      const file = queue.shift()
      if (!file) return
      change(file, { share: 0, problem: null })
      const form = new FormData()
      form.append('contractor', contractor.id)
      if (requirement) form.append('insurance_requirement_id', requirement)
      // The part's type is fixed: some systems name none for a PDF.
      form.append('certificate', new File([file], file.name, { type: 'application/pdf' }))
      try {
        const made = await client.upload<Certificate>('/files/certificates', form, share => change(file, { share }))
        names.learn(contractor)
        change(file, { share: 1, id: made.id, status: made.status })
      } catch (e) {
        failed++
        change(file, { problem: asProblem(e) })
      }
      await next()
    }
    const total = queue.length
    await Promise.all(Array.from({ length: atOnce }, next))
    setSending(false)
    p.onUploaded()
    say(failed ? `${plural(total - failed, 'file')} uploaded, ${failed} refused.` : `${plural(total, 'file')} uploaded.`, failed ? 'bad' : 'good')
  }

  return (
    <Dialog title="Upload certificates" onClose={p.onClose} wide locked={sending}>
      <div class="dialog-body">
        <ContractorChoice chosen={contractor} onChoose={c => { setContractor(c); setMissing(false) }} missing={missing} />
        {requirements.data && requirements.data.items.length > 1 && (
          <div class="field">
            <label for={select}>Judged by</label>
            <select id={select} value={requirement} onChange={e => setRequirement(e.currentTarget.value)}>
              <option value="">The requirement that applies to the contractor</option>
              {requirements.data.items.map(r => <option key={r.id} value={r.id}>{r.name}</option>)}
            </select>
          </div>
        )}
        <DropZone onFiles={add} />
        {items.length > 0 && (
          <ul class="uploads" aria-label="Files">
            {items.map(item => (
              <li key={item.file.name + item.file.lastModified + item.file.size}>
                <Icon name="page" />
                <span class="upload-name">
                  {item.id ? <Link to={`/certificates/${item.id}`}>{item.file.name}</Link> : item.file.name}
                  <span class="under">{item.problem ? <span class="fault">{item.problem.message}</span> : bytes(item.file.size)}</span>
                </span>
                {item.status ? <StatusBadge status={item.status} />
                  : sending && !item.problem ? <progress value={item.share} max={1} aria-label={`Upload of ${item.file.name}`}>{percent(item.share)}</progress>
                  : !sending && <button type="button" class="button quiet square" aria-label={`Remove ${item.file.name}`} onClick={() => setItems(items.filter(i => i !== item))}><Icon name="cross" /></button>}
              </li>
            ))}
          </ul>
        )}
      </div>
      <footer>
        <span class="muted grow" aria-live="polite">{done.length > 0 && `${plural(done.length, 'certificate')} uploaded; verdicts appear here.`}</span>
        <Button onClick={p.onClose} disabled={sending}>{done.length && !waiting.length ? 'Done' : 'Cancel'}</Button>
        {(waiting.length > 0 || !done.length) && (
          <Button tone="primary" icon="upload" busy={sending} disabled={!waiting.length} onClick={send}>{waiting.length ? `Upload ${plural(waiting.length, 'file')}` : 'Upload'}</Button>
        )}
      </footer>
    </Dialog>
  )
}

function newItem(file: File): Item {
  return { file, share: 0, problem: refusal(file), id: null, status: null }
}

// ContractorChoice finds a contractor among the newest ones or by its e-mail address, or makes one.
function ContractorChoice(p: { chosen: Contractor | null; onChoose: (c: Contractor | null) => void; missing: boolean }) {
  const { client } = useApp()
  const [typed, setTyped] = useState('')
  const [making, setMaking] = useState(false)
  const [active, setActive] = useState(0)
  const [open, setOpen] = useState(false)
  const newest = useLoad(signal => client.list<Contractor>('/contractors', { query: { limit: '100' }, signal }), [client])
  const [found, setFound] = useState<Contractor[]>([])
  const id = useId()
  const text = typed.trim().toLowerCase()

  useEffect(() => {
    setFound([])
    if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return
    const stop = new AbortController()
    client.list<Contractor>('/contractors', { query: { email: text }, signal: stop.signal }).then(page => setFound(page.items), () => {})
    return () => stop.abort()
  }, [text])

  if (p.chosen) {
    return (
      <div class="field">
        <span class="label">Contractor</span>
        <div class="chosen">
          <Icon name="person" />
          <span><b>{nameOf(p.chosen)}</b><span class="under">{p.chosen.email}</span></span>
          <Button small onClick={() => { p.onChoose(null); setTyped('') }}>Change</Button>
        </div>
      </div>
    )
  }
  if (making) return <ContractorForm email={typed.includes('@') ? typed.trim() : ''} onSaved={c => { setMaking(false); p.onChoose(c) }} onCancel={() => setMaking(false)} />
  // Placeholders of bulk uploads are named by number, and only found by asking for them.
  const known = (newest.data?.items ?? []).filter(c => !text ? !c.placeholder : `${nameOf(c)} ${c.first_name} ${c.last_name} ${c.email}`.toLowerCase().includes(text))
  const options = [...found.filter(c => !known.some(k => k.id === c.id)), ...known].slice(0, 6)
  const choose = (c: Contractor | undefined) => c && p.onChoose(c)
  const key = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      setOpen(true)
      setActive(a => (a + (e.key === 'ArrowDown' ? 1 : options.length - 1)) % Math.max(1, options.length))
    } else if (e.key === 'Enter' && open) {
      e.preventDefault()
      choose(options[active])
    } else if (e.key === 'Escape' && open) {
      e.preventDefault()
      e.stopPropagation()
      setOpen(false)
    }
  }
  return (
    <div class="field combobox">
      <label for={id}>Contractor</label>
      <div class="with-button">
        <input
          id={id} type="text" role="combobox" autoComplete="off" aria-expanded={open && options.length > 0} aria-controls={`${id}-list`} aria-autocomplete="list"
          aria-activedescendant={open && options[active] ? `${id}-${active}` : undefined} aria-invalid={p.missing} aria-describedby={`${id}-hint`}
          placeholder="Name or e-mail address" value={typed} autoFocus
          onInput={e => { setTyped(e.currentTarget.value); setActive(0); setOpen(true) }} onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)} onKeyDown={key}
        />
        <Button icon="plus" onClick={() => setMaking(true)}>New</Button>
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label="Contractors" hidden={!open || options.length === 0}>
        {options.map((c, i) => (
          <li key={c.id} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={e => { e.preventDefault(); choose(c) }} onMouseEnter={() => setActive(i)}>
            <b>{nameOf(c)}</b> <span class="muted">{c.email}</span>
          </li>
        ))}
      </ul>
      <p id={`${id}-hint`} class={p.missing ? 'fault' : 'hint'}>
        {p.missing ? 'Choose whom the certificates are about.'
          : newest.problem ? newest.problem.message
          : text && !options.length && !newest.loading ? 'Nobody of that name is among the newest 100. Type the whole e-mail address, or make a new contractor.'
          : 'Whom the certificates are about.'}
      </p>
    </div>
  )
}
