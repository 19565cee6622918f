// Addresses of the console's pages. The server answers the same page for all of them.

export interface Place {
  path: string
  query: Record<string, string>
}

export const root = '/console'

// placeOf reads an address below the root; the path begins with a slash and ends without one.
export function placeOf(pathname: string, search: string): Place {
  let path = pathname.startsWith(root) ? pathname.slice(root.length) : pathname
  path = '/' + path.split('/').filter(Boolean).join('/')
  return { path, query: Object.fromEntries(new URLSearchParams(search)) }
}

// addressOf writes an address below the root; empty entries of the query are left out.
export function addressOf(path: string, query: Record<string, string | null | undefined> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = new URLSearchParams(kept).toString()
  return root + (path === '/' ? '' : path) + (text ? `?${text}` : '')
}

// match compares a path with a pattern such as /certificates/:id and answers its parts, or null.
export function match(pattern: string, path: string): Record<string, string> | null {
  const wants = pattern.split('/')
  const has = path.split('/')
  if (wants.length !== has.length) return null
  const parts: Record<string, string> = {}
  for (const [i, want] of wants.entries()) {
    const part = has[i] ?? ''
    if (want.startsWith(':')) {
      try {
        parts[want.slice(1)] = decodeURIComponent(part)
      } catch {
        return null
      }
    } else if (want !== part) return null
  }
  return parts
}
