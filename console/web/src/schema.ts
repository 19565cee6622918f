// What the API answers, as far as the console shows it. The contract is api/openapi.yaml.

export type Status = 'pending' | 'processing' | 'approved' | 'flagged' | 'denied' | 'error'

export interface Certificate {
  id: string
  contractor: string
  status: Status
  created: number
  updated: number
  filename: string
  pdf_url: string | null
  review_results: Review | null
  insurance_requirement: string
  job: string | null
  assignment: string | null
  tracker: string | null
  custom_metadata: Record<string, string>
}

export interface Review {
  id: string
  status: Status
  created: number
  updated: number
  summary?: Summary
  parsed_certificate_json?: Parsed | null
  audit_results?: AuditResult[]
  requirement?: RequirementReference
  parser?: { name: string; version: string } | null
  model_calls?: ModelCall[]
  evidence?: Record<string, Evidence> | null
  error?: { code: string; message: string } | null
}

export interface ModelCall {
  input_tokens: number
  output_tokens: number
  cost_microusd: number
}

export interface Summary {
  total_rules: number
  passed: number
  failed: number
}

export interface RequirementReference {
  id: string
  version: number
}

export interface RuleResult {
  rule_name: string
  rule_path: string
  severity: Severity
  result: 'pass' | 'fail'
  message: string
  evidence_paths?: string[]
  confidence?: number | null
}

export interface AuditResult extends RuleResult {
  id: string
  manually_approved: boolean
  created: number
}

export interface Evidence {
  page: number
  box: [number, number, number, number]
  text: string
  confidence: number
  source: 'form_field' | 'text' | 'ocr' | 'model'
}

// A parse may have fields that the console does not know: it is shown as it comes.
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value }
export type Parsed = { [name: string]: Value }

export interface HistoryEntry {
  kind: 'uploaded' | 'processing' | 'evaluated' | 'rule_approved' | 'approved' | 'denied' | 'reevaluated' | 'deleted'
  actor: string
  reason: string | null
  status: Status
  audit: string | null
  audit_result: string | null
  override: boolean
  created: number
}

export interface History {
  history: HistoryEntry[]
}

export interface Contractor {
  id: string
  email: string
  first_name: string
  last_name: string
  company_name: string | null
  placeholder: boolean
  created: number
}

export interface TrackerSession {
  id: string
  status: 'open' | 'closed' | 'expired'
  expires_at: number
  created: number
}

export interface Tracker {
  id: string
  name: string
  insurance_requirement: string | null
  sessions: TrackerSession[]
  created: number
}

export type JobStatus = 'provisioning' | 'running' | 'completed' | 'cancelled' | 'failed'
export type Counts = Record<Status, number>

export interface Job {
  id: string
  name: string
  description: string | null
  insurance_requirement: string | null
  tracker?: string
  status?: JobStatus
  fault?: string | null
  counts?: Counts
  created: number
  updated: number
}

export type Severity = 'standard' | 'critical'
export type Check =
  | 'required' | 'minimum' | 'not_expired' | 'effective' | 'name_matches' | 'contains_name' | 'equals' | 'expression'
export type Place = 'names' | 'text' | 'holder'

export interface Rule {
  name: string
  path: string
  check: Check
  value?: Value
  severity?: Severity
  umbrella?: boolean
  days?: number
  where?: Place | Place[]
}

export interface Requirement {
  id: string
  name: string
  default: boolean
  version: number
  rules: Rule[]
  created: number
  updated: number
}

export interface RequirementVersion {
  version: number
  name: string
  rules: Rule[]
  created: number
}

export interface Template {
  id: string
  name: string
  description: string
  rules: Rule[]
}

export interface Trial {
  status: 'approved' | 'flagged' | 'denied'
  summary: Summary
  results: RuleResult[]
  requirement: RequirementReference | null
}

export const eventTypes = [
  'certificate.approved', 'certificate.flagged', 'certificate.denied', 'certificate.error', 'certificate.processing', 'certificate.expiring',
  'job.completed', 'webhook_endpoint.disabled', 'ping',
] as const
export type EventType = (typeof eventTypes)[number]

export interface Event {
  id: string
  type: EventType
  created: number
  data: { object: { id?: string; status?: Status; updated?: number; filename?: string; [name: string]: unknown } }
}

export interface Endpoint {
  id: string
  url: string
  description: string | null
  events: string[]
  status: 'enabled' | 'disabled'
  disabled_reason: string | null
  secret?: string
  created: number
  updated: number
}

export type DeliveryStatus = 'pending' | 'succeeded' | 'failed' | 'exhausted' | 'skipped' | 'cancelled'

export interface Delivery {
  id: string
  event: string
  event_type: EventType
  webhook_endpoint: string
  status: DeliveryStatus
  reason: string | null
  attempt_count: number
  next_attempt_at: number | null
  attempts?: Attempt[]
  created: number
  updated: number
}

export interface Attempt {
  number: number
  status_code: number | null
  error_class: string | null
  detail: string | null
  duration_ms: number
  remote_ip: string | null
  answer: string | null
  created: number
}

export interface Account {
  id: string
  name: string
  mode: 'test' | 'live'
  confidence_threshold: number
  time_zone: string
}
