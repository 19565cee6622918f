import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { useEffect, useReducer } from 'preact/hooks'
import { addressOf, useApp, useNow } from '../app.ts'
import type { Problem } from '../client.ts'
import { ago, nameOf, percent, statusWords } from '../format.ts'
import type { Status } from '../schema.ts'
import { moment } from '../zone.ts'
import { Icon } from './icon.tsx'

// Link goes to a page of the console without loading it anew, unless a modifier asks for another tab.
export function Link(p: { to: string; query?: Record<string, string | null | undefined>; class?: string; children: ComponentChildren; current?: boolean; label?: string }) {
  const { go } = useApp()
  const follow = (e: MouseEvent) => {
    if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return
    e.preventDefault()
    go(p.to, p.query)
  }
  return (
    <a href={addressOf(p.to, p.query)} class={p.class} aria-current={p.current ? 'page' : undefined} aria-label={p.label} onClick={follow}>
      {p.children}
    </a>
  )
}

type ButtonProps = ButtonHTMLAttributes & {
  tone?: 'plain' | 'primary' | 'danger' | 'quiet'
  busy?: boolean
  icon?: string | undefined
  small?: boolean
}

// focus is a ref for what should be typed into as soon as it is shown.
export const focus = (at: HTMLElement | null) => at?.focus()

export function Button({ tone = 'plain', busy, icon, small, children, disabled, class: extra, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button ${tone}${small ? ' small' : ''} ${extra ?? ''}`} disabled={disabled || busy} aria-busy={busy}>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  )
}

export function Badge(p: { tone: 'good' | 'bad' | 'warn' | 'info' | 'plain'; children: ComponentChildren; icon?: string }) {
  return (
    <span class={`badge ${p.tone}`}>
      {p.icon && <Icon name={p.icon} />}
      {p.children}
    </span>
  )
}

const statusTones = { pending: 'plain', processing: 'info', approved: 'good', flagged: 'warn', denied: 'bad', error: 'bad' } as const
const statusIcons = { pending: 'clock', processing: 'turning', approved: 'check', flagged: 'flag', denied: 'cross', error: 'alert' }

export function StatusBadge({ status }: { status: Status }) {
  return (
    <Badge tone={statusTones[status] ?? 'plain'} icon={statusIcons[status] ?? 'clock'}>
      {statusWords[status] ?? status}
    </Badge>
  )
}

// Confidence shows how sure a reader is. Under the account's threshold no rule rests on the value.
export function Confidence({ value, threshold }: { value: number; threshold: number }) {
  if (value <= 0) return <span class="confidence low" title="The value was not found on any page; no rule rests on it.">not on the page</span>
  const low = value < threshold
  return (
    <span class={`confidence ${low ? 'low' : ''}`} title={`How sure the reader is. Rules need ${percent(threshold)}.`}>
      {percent(value)}
      <span class="sr"> confidence{low ? ', too low for a rule' : ''}</span>
    </span>
  )
}

export function Time({ at }: { at: number }) {
  const now = useNow()
  const { account } = useApp()
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={moment(at, account?.time_zone)}>
      {ago(at, now, account?.time_zone)}
    </time>
  )
}

// ContractorName shows a contractor's name once it is known, and the id until then.
export function ContractorName({ id, address }: { id: string; address?: boolean }) {
  const { names } = useApp()
  const [, turn] = useReducer((n: number) => n + 1, 0)
  useEffect(() => names.listen(() => turn(0)), [names])
  const c = names.of(id)
  if (!c) return <span class="id">{id}</span>
  return (
    <>
      <span class="name">{nameOf(c)}</span>
      {c.placeholder && <> <Badge tone="plain">placeholder</Badge></>}
      {address && <span class="under">{c.email}</span>}
    </>
  )
}

export function Id({ children }: { children: string }) {
  return <code class="id">{children}</code>
}

// Failure says what went wrong and offers the remedy.
export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <div>
        <p>{problem.message}</p>
        {retry && problem.status !== 404 && (
          <Button small onClick={retry} icon="again">
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

export function Empty(p: { icon: string; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={p.icon} />
      <h2>{p.title}</h2>
      {p.children}
    </div>
  )
}

// Loading is the shape of what is to come. Screen readers hear one word of it.
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="sr">Loading</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class="bone" aria-hidden="true" />
      ))}
    </div>
  )
}

export function Pager(p: { prev: boolean; next: boolean; onPrev: () => void; onNext: () => void; children?: ComponentChildren }) {
  if (!p.prev && !p.next && !p.children) return null
  return (
    <nav class="pager" aria-label="Pages">
      <span class="muted">{p.children}</span>
      {(p.prev || p.next) && (
        <>
          <Button small disabled={!p.prev} onClick={p.onPrev} icon="left">
            Newer
          </Button>
          <Button small disabled={!p.next} onClick={p.onNext} class="after" icon="right">
            Older
          </Button>
        </>
      )}
    </nav>
  )
}

export function Head(p: { title: string; children?: ComponentChildren; under?: ComponentChildren; back?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${p.title} · certflow`
  }, [p.title])
  return (
    <header class="head">
      {p.back && <div class="back">{p.back}</div>}
      <div class="head-row">
        <h1 tabIndex={-1} title={p.title.length > 60 ? p.title : undefined}>{p.title}</h1>
        <div class="actions">{p.children}</div>
      </div>
      {p.under && <div class="head-under">{p.under}</div>}
    </header>
  )
}
