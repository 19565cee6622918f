import type { Evidence } from './schema.ts'

// Where evidence stands on a drawn page. Boxes are in points from the top left of the page as it is displayed, which is what the viewer
// draws: a rotated page needs no arithmetic of ours.

export interface Spot {
  path: string
  page: number
  // Shares of the page's width and height, so that the drawing may have any size.
  left: number
  top: number
  width: number
  height: number
}

// room is how far a box is drawn beyond its words, in points.
const room = 1.5

// spotOf places evidence on a page of this size in points; null where it was found nowhere.
export function spotOf(path: string, e: Evidence, size: { width: number; height: number }): Spot | null {
  const [x0, y0, x1, y1] = e.box
  if (e.page < 1 || !e.box.every(Number.isFinite) || x1 <= x0 || y1 <= y0 || size.width <= 0 || size.height <= 0) return null
  const left = clamp((x0 - room) / size.width)
  const top = clamp((y0 - room) / size.height)
  const spot = { path, page: e.page, left, top, width: clamp((x1 + room) / size.width) - left, height: clamp((y1 + room) / size.height) - top }
  return spot.width > 0 && spot.height > 0 ? spot : null
}

const clamp = (share: number) => Math.min(1, Math.max(0, share))

// pathsFor are the paths whose evidence a rule rests on: those that it names, or, of a rule that names none, what stands at or below its
// own path.
export function pathsFor(rule: { rule_path: string; evidence_paths?: string[] }, evidence: Record<string, Evidence>): string[] {
  const known = (rule.evidence_paths ?? []).filter(path => path in evidence)
  if (known.length) return known
  return Object.keys(evidence).filter(path => path === rule.rule_path || path.startsWith(rule.rule_path + '.')).sort()
}

// pageOf is the page on which most of the paths stand, the first such page; null where none was found.
export function pageOf(paths: string[], evidence: Record<string, Evidence>): number | null {
  const count = new Map<number, number>()
  for (const path of paths) {
    const page = evidence[path]?.page ?? 0
    if (page > 0) count.set(page, (count.get(page) ?? 0) + 1)
  }
  let best: number | null = null
  for (const [page, n] of [...count].sort((a, b) => a[0] - b[0])) if (best === null || n > (count.get(best) ?? 0)) best = page
  return best
}
