import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { asProblem } from '../app.ts'
import type { Problem } from '../client.ts'
import { Button, Failure } from './basics.tsx'
import { Icon } from './icon.tsx'

// Dialog is a modal one: the browser keeps the focus inside, closes it on Escape and gives the focus back.
export function Dialog(p: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean; locked?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null)
  const title = useId()
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const close = (e?: Event) => {
    e?.preventDefault()
    if (!p.locked) p.onClose()
  }
  return (
    <dialog ref={ref} class={p.wide ? 'wide' : ''} aria-labelledby={title} onCancel={close} onClick={e => e.target === ref.current && close()}>
      <div class="dialog">
        <header>
          <h2 id={title}>{p.title}</h2>
          <button type="button" class="button quiet square" onClick={close} aria-label="Close" disabled={p.locked}>
            <Icon name="cross" />
          </button>
        </header>
        {p.children}
      </div>
    </dialog>
  )
}

// Decide asks for a person's decision with its reason, and stays open with what went wrong when it is refused.
export function Decide(p: {
  title: string
  action: string
  tone?: 'primary' | 'danger'
  children?: ComponentChildren
  reason: 'required' | 'optional' | 'none'
  hint?: string
  run: (reason: string) => Promise<void>
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const field = useId()
  const missing = p.reason === 'required' && !reason.trim()
  const [asked, setAsked] = useState(false)
  const submit = async (e: Event) => {
    e.preventDefault()
    setAsked(true)
    if (missing || busy) return
    setBusy(true)
    setProblem(null)
    try {
      await p.run(reason.trim())
      p.onClose()
    } catch (e) {
      setProblem(asProblem(e))
      setBusy(false)
    }
  }
  return (
    <Dialog title={p.title} onClose={p.onClose} locked={busy}>
      <form onSubmit={submit} noValidate>
        <div class="dialog-body">
          {p.children}
          {p.reason !== 'none' && (
            <div class="field">
              <label for={field}>
                Reason <span class="muted">{p.reason === 'optional' ? '(optional)' : ''}</span>
              </label>
              <textarea
                id={field} rows={3} maxLength={2000} value={reason} required={p.reason === 'required'} autoFocus
                aria-invalid={asked && missing} aria-describedby={`${field}-hint`} onInput={e => setReason(e.currentTarget.value)}
              />
              <p id={`${field}-hint`} class={asked && missing ? 'fault' : 'hint'}>
                {asked && missing ? 'Say why, for whoever asks later.' : (p.hint ?? 'Kept with the decision, and shown in the history.')}
              </p>
            </div>
          )}
          {problem && <Failure problem={problem} />}
        </div>
        <footer>
          <Button onClick={p.onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" tone={p.tone ?? 'primary'} busy={busy}>
            {p.action}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

// Secret shows something that can be read this once.
export function Secret(p: { title: string; secret: string; onClose: () => void; children?: ComponentChildren }) {
  const [copied, setCopied] = useState(false)
  const box = useRef<HTMLInputElement>(null)
  const copy = async () => {
    box.current?.select()
    try {
      await navigator.clipboard.writeText(p.secret)
      setCopied(true)
    } catch {
      setCopied(false)
    }
  }
  return (
    <Dialog title={p.title} onClose={p.onClose}>
      <div class="dialog-body">
        {p.children}
        <div class="secret">
          <input ref={box} class="mono" readOnly value={p.secret} aria-label="Signing secret" onFocus={e => e.currentTarget.select()} />
          <Button icon={copied ? 'check' : 'copy'} onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        </div>
        <p class="hint">It is shown this once. Keep it where your receiver reads its secrets.</p>
      </div>
      <footer>
        <Button tone="primary" onClick={p.onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  )
}
