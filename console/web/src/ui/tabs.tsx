import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

export interface Tab {
  id: string
  title: string
  count?: number | string | null
  tone?: 'bad' | 'plain'
}

// Tabs follows the ARIA pattern: arrow keys go from tab to tab, Tab goes into the panel.
export function Tabs(p: { tabs: Tab[]; chosen: string; onChoose: (id: string) => void; label: string; children: ComponentChildren }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const move = (e: KeyboardEvent) => {
    const at = p.tabs.findIndex(t => t.id === p.chosen)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: p.tabs.length - 1 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    const tab = p.tabs[(to + p.tabs.length) % p.tabs.length]
    if (!tab) return
    p.onChoose(tab.id)
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${tab.id}`)}`)?.focus()
  }
  return (
    <div class="tabs">
      <div ref={list} role="tablist" aria-label={p.label} onKeyDown={move}>
        {p.tabs.map(t => (
          <button
            key={t.id} type="button" role="tab" id={`${id}-${t.id}`} aria-selected={t.id === p.chosen} aria-controls={`${id}-panel`}
            tabIndex={t.id === p.chosen ? 0 : -1} onClick={() => p.onChoose(t.id)}
          >
            {t.title}
            {t.count !== undefined && t.count !== null && <span class={`count ${t.tone ?? 'plain'}`}>{t.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${p.chosen}`} tabIndex={0}>
        {p.children}
      </div>
    </div>
  )
}
