import type { Rule } from './schema.ts'

// Two versions of a requirement side by side. Rules are the same rule when they have the same name, which is unique in a version.

export interface Line {
  name: string
  change: 'same' | 'changed' | 'added' | 'removed'
  before: Rule | null
  after: Rule | null
  // The keys whose values differ, of a rule that changed.
  keys: string[]
}

// compare lists the rules of the later version in their order, with those that it no longer has where they stood.
export function compare(before: Rule[], after: Rule[]): Line[] {
  const old = new Map(before.map(rule => [rule.name, rule]))
  const now = new Set(after.map(rule => rule.name))
  const lines: Line[] = []
  let next = 0
  const passRemoved = (end: number) => {
    for (; next < end; next++) {
      const rule = before[next]!
      if (!now.has(rule.name)) lines.push({ name: rule.name, change: 'removed', before: rule, after: null, keys: [] })
    }
  }
  for (const rule of after) {
    const was = old.get(rule.name) ?? null
    if (was) passRemoved(Math.max(next, before.indexOf(was)))
    const keys = was ? differing(was, rule) : []
    lines.push({ name: rule.name, change: !was ? 'added' : keys.length ? 'changed' : 'same', before: was, after: rule, keys })
  }
  passRemoved(before.length)
  return lines
}

function differing(a: Rule, b: Rule): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].filter(key => text((a as unknown as Record<string, unknown>)[key]) !== text((b as unknown as Record<string, unknown>)[key])).sort()
}

// text writes a value with its keys in order, and a default as if it were absent.
function text(v: unknown): string {
  if (v === undefined || v === false || v === 0 || v === 'standard') return ''
  return JSON.stringify(v, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1))) : inner)
}
