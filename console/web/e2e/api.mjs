// The API as a client with a key uses it, to set a scene for the browser.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const samples = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'examples', 'certificates')

export const sample = name => join(samples, name)

export class Api {
  constructor(url, key) {
    this.base = url + '/api/v1'
    this.authorization = 'Basic ' + Buffer.from(key + ':').toString('base64')
  }

  async send(method, path, body) {
    const form = body instanceof FormData
    const response = await fetch(this.base + path, {
      method,
      headers: { Authorization: this.authorization, ...(body && !form ? { 'Content-Type': 'application/json' } : {}) },
      body: form ? body : body && JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }

  get(path) {
    return this.send('GET', path)
  }

  post(path, body) {
    return this.send('POST', path, body)
  }

  // upload sends a sample as a contractor's certificate, under another name if one is given.
  upload(contractor, file, name = file) {
    const form = new FormData()
    form.append('contractor', contractor)
    form.append('certificate', typeof file === 'string' ? pdf(file, name) : file)
    return this.post('/files/certificates', form)
  }

  // bulk sends samples through a tracker. Every second one says whose it is: a contractor that is known.
  bulk(tracker, files, email) {
    const form = new FormData()
    const names = files.map((file, i) => `${String(i + 1).padStart(2, '0')}-${basename(file)}`)
    for (const [i, file] of files.entries()) form.append('certificates[]', pdf(file, names[i]))
    form.append('tracker_id', tracker)
    form.append('certificates_metadata', JSON.stringify(names.filter((_, i) => i % 2).map(filename => ({ filename, contractor: { email } }))))
    return this.post('/files/external_certificates/tracker/placeholder/bulk', form)
  }

  // settled answers a certificate once its review has ended.
  async settled(id) {
    const late = Date.now() + 150_000
    while (Date.now() < late) {
      const c = await this.get(`/files/certificates/${id}?expand[]=review_results.full`)
      if (c.status !== 'pending' && c.status !== 'processing') return c
      await new Promise(resolve => setTimeout(resolve, 250))
    }
    throw new Error(`${id} was not reviewed in time`)
  }
}

function pdf(file, name) {
  return new File([readFileSync(sample(file))], name, { type: 'application/pdf' })
}

// hostile is a certificate that has markup where the insured's name and the description stand. The form's values stand as they are in the
// file; another of the same length leaves every offset right.
export function hostile() {
  let bytes = readFileSync(sample('form.pdf')).toString('latin1')
  for (const [value, markup] of [['Harbor & Pine Builders LLC', '<svg/onload=ran=1> Pine']]) {
    bytes = bytes.replaceAll(`/V (${value})`, `/V (${markup.padEnd(value.length)})`)
  }
  return new File([Buffer.from(bytes, 'latin1')], '<img src=x onerror=ran=1>.pdf', { type: 'application/pdf' })
}

// The rules name no dates, so that the samples, whose policies end one day, keep their verdicts.
export const rules = [
  { name: 'Insured is the contractor', path: 'insured.name', check: 'name_matches', value: 'contractor' },
  { name: 'General liability limits', path: 'coverages.commercial_general_liability.limits', check: 'minimum', value: { each_occurrence_dollars: 1_000_000, general_aggregate_dollars: 2_000_000 } },
  { name: 'General liability on an occurrence basis', path: 'coverages.commercial_general_liability.occurrence', check: 'required' },
  { name: 'Automobile limit', path: 'coverages.automobile_liability.limits', check: 'minimum', value: { combined_single_limit_dollars: 1_000_000 } },
  { name: 'Workers compensation', path: 'coverages.workers_compensation', check: 'required' },
  { name: 'Certificate is signed', path: 'description_of_operations.signature', check: 'required' },
]
