// What somebody typed into the search of the certificates.
export type Search =
  | { kind: 'nothing' }
  | { kind: 'certificate' | 'contractor' | 'job' | 'tracker'; id: string }
  | { kind: 'email'; email: string }
  | { kind: 'filename'; text: string }

const prefixes = { ci: 'certificate', cn: 'contractor', jb: 'job', tr: 'tracker' } as const

// searchOf tells ids and addresses from file names.
export function searchOf(typed: string): Search {
  const text = typed.trim()
  if (!text) return { kind: 'nothing' }
  const id = /^(ci|cn|jb|tr)_[0-9A-Za-z]{1,64}$/.exec(text)
  if (id) return { kind: prefixes[id[1] as keyof typeof prefixes], id: text }
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return { kind: 'email', email: text }
  return { kind: 'filename', text }
}
