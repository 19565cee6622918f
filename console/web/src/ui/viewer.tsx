import { useEffect, useRef, useState } from 'preact/hooks'
import type { PDFDocumentProxy } from '../pdf.ts'
import type { Evidence } from '../schema.ts'
import { pageOf, spotOf, type Spot } from '../boxes.ts'
import { Button, Loading } from './basics.tsx'
import { Icon } from './icon.tsx'

export interface Chosen {
  paths: string[]
  tone: 'good' | 'bad' | 'info'
  // Counts up with every choice, so that choosing the same again brings it back into sight.
  turn: number
}

interface Props {
  url: string
  filename: string
  evidence: Record<string, Evidence>
  chosen: Chosen | null
  labelOf: (path: string) => string
  onPick: (path: string) => void
  onStale: () => void
}

const zooms = [1, 1.25, 1.5, 2, 2.5, 3]

// Viewer draws the certificate's pages and marks on them where values were read. The lists beside it say the same in words, so that the
// marks are for eyes and pointers alone.
export function Viewer(p: Props) {
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null)
  const [trouble, setTrouble] = useState<{ text: string; again: boolean } | null>(null)
  const [page, setPage] = useState(1)
  const [zoom, setZoom] = useState(1)
  const [size, setSize] = useState<{ width: number; height: number } | null>(null)
  const [drawn, setDrawn] = useState(false)
  // Whether any page was drawn yet: from then on the last drawing stays until the next one is ready.
  const [shown, setShown] = useState(false)
  const [width, setWidth] = useState(0)
  const [turn, setTurn] = useState(0)
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const stop = new AbortController()
    let close = () => {}
    setTrouble(null)
    void (async () => {
      try {
        const address = new URL(p.url, location.href)
        // Of the address only path and query are taken: the page may be reached by another name than the API's public one.
        const response = await fetch(address.pathname + address.search, { signal: stop.signal })
        if (response.status === 403) return p.onStale()
        if (!response.ok) throw new Error(String(response.status))
        const data = await response.arrayBuffer()
        const { openPdf } = await import('../pdf.ts')
        const task = openPdf(data)
        close = () => void task.destroy()
        const opened = await task.promise
        if (stop.signal.aborted) return close()
        setPdf(opened)
      } catch (e) {
        if (stop.signal.aborted) return
        const password = e instanceof Error && e.name === 'PasswordException'
        setTrouble(password ? { text: 'This PDF asks for a password, so that its pages cannot be drawn here.', again: false } : { text: 'The PDF could not be drawn.', again: true })
      }
    })()
    return () => {
      stop.abort()
      close()
    }
  }, [p.url, turn])

  useEffect(() => {
    const at = frame.current
    if (!at) return
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    watch.observe(at)
    return () => watch.disconnect()
  }, [])

  // On a narrow screen a whole page cannot be read: what was chosen is shown larger there.
  const chosenPage = p.chosen ? pageOf(p.chosen.paths, p.evidence) : null
  useEffect(() => {
    if (!chosenPage) return
    setPage(chosenPage)
    if (width > 0 && width < 480) setZoom(z => Math.max(z, 2.5))
  }, [p.chosen?.turn])

  useEffect(() => {
    const at = canvas.current
    if (!pdf || !at || width === 0) return
    let task: { cancel(): void; promise: Promise<void> } | null = null
    let stopped = false
    setDrawn(false)
    void (async () => {
      try {
        const sheet = await pdf.getPage(Math.min(page, pdf.numPages))
        if (stopped) return
        const natural = sheet.getViewport({ scale: 1 })
        setSize({ width: natural.width, height: natural.height })
        const sharp = Math.min(3, (window.devicePixelRatio || 1) * (width * zoom < 900 ? 1.5 : 1))
        const viewport = sheet.getViewport({ scale: (width * zoom * sharp) / natural.width })
        // Drawn beside the page and put on it in one go: it does not flicker.
        const draft = document.createElement('canvas')
        draft.width = Math.round(viewport.width)
        draft.height = Math.round(viewport.height)
        task = sheet.render({ canvas: draft, viewport })
        await task.promise
        if (stopped) return
        at.width = draft.width
        at.height = draft.height
        at.getContext('2d')?.drawImage(draft, 0, 0)
        setDrawn(true)
        setShown(true)
      } catch (e) {
        if (!stopped && !(e instanceof Error && e.name === 'RenderingCancelledException')) setTrouble({ text: 'This page of the PDF could not be drawn.', again: true })
      }
    })()
    return () => {
      stopped = true
      task?.cancel()
    }
  }, [pdf, page, width, zoom])

  const spots: Spot[] = []
  if (size) {
    for (const [path, e] of Object.entries(p.evidence)) {
      const spot = e.page === page ? spotOf(path, e, size) : null
      if (spot) spots.push(spot)
    }
  }
  const lit = new Set(p.chosen?.paths ?? [])
  const first = spots.find(s => lit.has(s.path))

  useEffect(() => {
    const at = frame.current
    if (!at || !first || !p.chosen) return
    const sheet = at.querySelector('.sheet')
    if (!sheet) return
    const height = sheet.clientHeight
    const wide = sheet.clientWidth
    at.scrollTo({
      top: (first.top + first.height / 2) * height - at.clientHeight / 2, left: (first.left + first.width / 2) * wide - at.clientWidth / 2,
      behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth',
    })
  }, [p.chosen?.turn, first?.path, page, zoom, drawn, size])

  const step = (by: number) => setZoom(z => zooms[Math.min(zooms.length - 1, Math.max(0, zooms.indexOf(z) + by))] ?? 1)
  const pages = pdf?.numPages ?? 1
  const found = p.chosen && p.chosen.paths.length > 0 && chosenPage !== null
  return (
    <section class="viewer" aria-label="The certificate’s PDF">
      <div class="viewer-bar">
        <span class="row">
          <button type="button" class="button quiet square" disabled={page <= 1} onClick={() => setPage(page - 1)} aria-label="Previous page"><Icon name="left" /></button>
          <span class="muted nowrap">{trouble && !pdf ? 'No page' : `Page ${Math.min(page, pages)} of ${pages}`}</span>
          <button type="button" class="button quiet square" disabled={page >= pages} onClick={() => setPage(page + 1)} aria-label="Next page"><Icon name="right" /></button>
        </span>
        <span class="row">
          <button type="button" class="button quiet square" disabled={zoom <= 1} onClick={() => step(-1)} aria-label="Smaller"><Icon name="less" /></button>
          <span class="muted zoom">{Math.round(zoom * 100)}%</span>
          <button type="button" class="button quiet square" disabled={zoom >= 3} onClick={() => step(1)} aria-label="Larger"><Icon name="zoom" /></button>
          <a class="button quiet square" href={new URL(p.url, location.href).pathname + new URL(p.url, location.href).search} download={p.filename} aria-label="Download the PDF"><Icon name="download" /></a>
        </span>
      </div>
      <div class="viewer-frame" ref={frame} tabIndex={0} role="group" aria-label="Page of the certificate">
        {trouble && (
          <div class="failure">
            <Icon name="alert" />
            <div><p>{trouble.text} It can still be downloaded.</p>{trouble.again && <Button small icon="again" onClick={() => setTurn(turn + 1)}>Try again</Button>}</div>
          </div>
        )}
        {!trouble && !shown && <Loading lines={10} />}
        <div class="sheet" hidden={Boolean(trouble) || !size || !shown} data-drawn={drawn} data-page={page} style={{ width: `${width * zoom}px`, aspectRatio: size ? `${size.width} / ${size.height}` : undefined }}>
          <canvas ref={canvas} role="img" aria-label={`Page ${page} of ${p.filename}`} />
          <div class="spots" aria-hidden="true">
            {spots.map(s => (
              <span
                key={s.path} class={`spot ${lit.has(s.path) ? `lit ${p.chosen?.tone ?? ''}` : ''}`} title={p.labelOf(s.path)} data-path={s.path} onClick={() => p.onPick(s.path)}
                style={{ left: `${s.left * 100}%`, top: `${s.top * 100}%`, width: `${s.width * 100}%`, height: `${s.height * 100}%` }}
              />
            ))}
          </div>
        </div>
      </div>
      <p class="sr" role="status">{p.chosen && (found ? `Shown on page ${chosenPage}.` : 'Not found on any page.')}</p>
    </section>
  )
}
