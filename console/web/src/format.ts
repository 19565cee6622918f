import type { Contractor, HistoryEntry, ModelCall, Status } from './schema.ts'
import { date } from './zone.ts'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })

export const money = (amount: number) => dollars.format(amount)

// ago says how long ago a time was, in words; times of more than a week are dates, in the time zone that is given.
export function ago(seconds: number, now: number, zone?: string): string {
  const past = Math.round(now - seconds)
  if (past < 5) return 'just now'
  if (past < 60) return `${past} seconds ago`
  if (past < 3600) return plural(Math.floor(past / 60), 'minute') + ' ago'
  if (past < 86_400) return plural(Math.floor(past / 3600), 'hour') + ' ago'
  if (past < 7 * 86_400) return plural(Math.floor(past / 86_400), 'day') + ' ago'
  return date(seconds, zone)
}

// until says how long there is until a time, in words.
export function until(seconds: number, now: number): string {
  const left = Math.round(seconds - now)
  if (left <= 0) return 'now'
  if (left < 60) return `in ${plural(left, 'second')}`
  if (left < 3600) return `in ${plural(Math.ceil(left / 60), 'minute')}`
  if (left < 2 * 86_400) return `in ${plural(Math.round(left / 3600), 'hour')}`
  return `in ${plural(Math.round(left / 86_400), 'day')}`
}

export function plural(n: number, word: string): string {
  return `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`
}

export function bytes(n: number): string {
  if (n < 1024) return plural(n, 'byte')
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} KB`
  return `${(n / 1024 / 1024).toFixed(1)} MB`
}

// spent says what requests to a language model used, and what that cost where the operator has set prices. It is empty without requests.
export function spent(calls: ModelCall[]): string {
  if (!calls.length) return ''
  const tokens = calls.reduce((sum, c) => sum + c.input_tokens + c.output_tokens, 0)
  const cost = calls.reduce((sum, c) => sum + c.cost_microusd, 0) / 1e6
  return `${plural(calls.length, 'request')} to a language model, ${plural(tokens, 'token')}` + (cost > 0 ? `, $${cost.toFixed(cost < 0.1 ? 4 : 2)}` : '')
}

// readers says who read a certificate: acord is the layout reader, whatever else is named is a language model.
export function readers(parser: string): string {
  return parser.split(' + ').map(name => (name === 'acord' ? 'the layout reader' : name)).join(' and ')
}

// percent never rounds up to 100: only what is certain is.
export function percent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))}%`
}

export const statusWords: Record<Status, string> = {
  pending: 'Pending', processing: 'Processing', approved: 'Approved', flagged: 'Flagged', denied: 'Denied', error: 'Error',
}

// nameOf is what people call a contractor: the firm, or the person of a contractor without one.
export function nameOf(c: Contractor): string {
  return c.company_name || `${c.first_name} ${c.last_name}`.trim() || c.email
}

// words makes the name of a field readable: each_occurrence_dollars is "each occurrence".
export function words(name: string): string {
  return name.replace(/_(dollars|string)$/, '').replaceAll('_', ' ')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const reasons: Record<string, string> = {
  refused_url: 'the URL is refused', refused_address: 'the address is refused', dns: 'the name does not resolve', connect: 'nothing accepts the connection',
  tls: 'the TLS handshake failed', timeout: 'no answer in time', reset: 'the connection broke', protocol: 'the answer is not HTTP', redirect: 'redirects are not followed',
  status: 'the answer was not 2xx', request: 'the request could not be made', endpoint_gone: 'the endpoint answered 410', endpoint_disabled: 'the endpoint is disabled',
  endpoint_deleted: 'the endpoint was deleted', object_deleted: 'what it tells of was deleted', recovered: 'a recovery sent it anew',
}

// reasonWords says in words why a delivery ended, or why its last attempt failed.
export function reasonWords(reason: string): string {
  return (Object.hasOwn(reasons, reason) && reasons[reason]) || words(reason)
}

// happened says in a sentence what an entry of a certificate's history is.
export function happened(entry: HistoryEntry, ruleName: (id: string) => string | null): string {
  switch (entry.kind) {
    case 'uploaded': return 'Uploaded'
    case 'processing': return 'Review began'
    case 'evaluated': return `Evaluated: ${statusWords[entry.status].toLowerCase()}`
    case 'rule_approved': {
      const name = entry.audit_result && ruleName(entry.audit_result)
      return name ? `Rule approved: ${name}` : 'Rule approved'
    }
    case 'approved': return 'Certificate approved'
    case 'denied': return 'Certificate denied'
    case 'reevaluated': return entry.override ? 'Evaluated again, setting aside a person’s decision' : 'Evaluated again'
    case 'deleted': return 'Deleted'
  }
  return capital(words(entry.kind))
}
