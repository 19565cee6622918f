// Every page and dialog of the console, to be judged in light and dark and to be drawn for the README.
import { sample } from './api.mjs'
import { dropFiles } from './browser.mjs'

export function places(set, flagged) {
  const tab = name => page => page.getByRole('tab', { name }).click()
  const press = name => page => page.getByRole('button', { name, exact: true }).first().click()
  const certificate = `/certificates/${flagged.id}`
  const drawn = page => page.locator('.sheet[data-drawn=true]').waitFor()
  return [
    { name: 'certificates', path: '/certificates', ready: '.certificates tbody tr' },
    { name: 'certificates-none', path: '/certificates?q=no-such-file', ready: '.empty' },
    { name: 'upload', path: '/certificates', ready: '.certificates tbody tr', then: [press('Upload')] },
    { name: 'upload-contractor', path: '/certificates', ready: '.certificates tbody tr', then: [press('Upload'), press('New')] },
    { name: 'certificate', path: certificate, ready: '.rule', then: [drawn, page => page.getByRole('button', { name: /Failed: / }).first().click()] },
    { name: 'certificate-fields', path: certificate, ready: '.rule', then: [drawn, tab('Fields'), page => page.getByRole('button', { name: /Each occurrence/ }).first().click()] },
    { name: 'certificate-history', path: certificate, ready: '.rule', then: [tab('History'), page => page.locator('.timeline li').first().waitFor()] },
    { name: 'certificate-deliveries', path: certificate, ready: '.rule', then: [tab(/Deliveries/), page => page.locator('.delivery-main').first().click(), page => page.locator('.attempt').first().waitFor()] },
    { name: 'deny', path: certificate, ready: '.rule', then: [press('Deny')] },
    { name: 'certificate-error', path: `/certificates/${set.failed.id}`, ready: '.failure' },
    { name: 'jobs', path: '/jobs', ready: '.job' },
    { name: 'job', path: `/jobs/${set.job}`, ready: '.certificates tbody tr' },
    { name: 'trackers', path: '/trackers', ready: '.tracker' },
    { name: 'tracker', path: `/trackers/${set.dropped}`, ready: '.sessions li' },
    { name: 'tracker-upload', path: `/trackers/${set.dropped}`, ready: '.sessions li', then: [press('Upload in bulk'), page => dropFiles(page, '.drop', [{ name: 'harbor-pine.pdf', path: sample('approved.pdf') }, { name: 'notes.txt', path: sample('README.md') }])] },
    { name: 'contractors', path: '/contractors', ready: '.contractor' },
    { name: 'contractor-change', path: '/contractors', ready: '.contractor', then: [page => page.getByRole('button', { name: /^Change / }).first().click()] },
    { name: 'requirements', path: '/requirements', ready: '.requirement-card' },
    { name: 'requirement', path: `/requirements/${set.requirement.id}`, ready: '.rule-form', then: [page => page.locator('.rule-form-title').nth(1).click()] },
    { name: 'requirement-try', path: `/requirements/${set.requirement.id}?try=${flagged.id}`, ready: '.try .rule' },
    { name: 'requirement-versions', path: `/requirements/${set.requirement.id}`, ready: '.rule-form', then: [tab(/Versions/), page => page.locator('.diff').waitFor()] },
    { name: 'requirement-new', path: '/requirements/new', ready: '.template', then: [press('Add a rule')] },
    { name: 'webhooks', path: '/webhooks', ready: '.endpoint' },
    { name: 'webhook-add', path: '/webhooks', ready: '.endpoint', then: [press('Add endpoint')] },
    { name: 'webhook', path: `/webhooks/${set.endpoint.id}`, ready: '.delivery', then: [page => page.locator('.delivery-main').first().click(), page => page.locator('.attempt').first().waitFor()] },
    { name: 'not-found', path: '/nothing', ready: '.empty' },
  ]
}

export async function visit(page, url, place) {
  await page.goto(`${url}/console${place.path}`)
  await page.locator(place.ready).first().waitFor()
  for (const act of place.then ?? []) await act(page)
  await page.waitForFunction(() => !document.querySelector('.loading'))
}
