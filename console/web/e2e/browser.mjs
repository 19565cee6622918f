// A browser that notes whatever a page must not do.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

// openPage opens a page of the console. faults collects errors, refused policies and requests to other hosts; those that a step provokes
// on purpose it takes out again.
export async function openPage(browser, url, { scheme = 'light', width = 1360, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const faults = []
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ''}`))
  })
  page.on('pageerror', e => faults.push(`error: ${e.message}`))
  page.on('console', m => m.type() === 'error' && faults.push(`console: ${m.text()} ${m.location().url ?? ''}`))
  page.on('request', r => {
    if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) faults.push(`another host: ${r.url()}`)
  })
  page.setDefaultTimeout(120_000)
  return { context, page, faults }
}

export async function signIn(page, url, key) {
  await page.goto(`${url}/console`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Certificates', level: 1 }).waitFor()
}

// violations asks axe what is wrong with a page for people who cannot see it, or not well. Serious ones and worse are answered.
export async function violations(page) {
  await page.evaluate(axe)
  // Colours are judged at rest.
  await page.evaluate(() => Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming().iterations !== Infinity).map(a => a.finished.catch(() => {}))))
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter(v => v.impact === 'serious' || v.impact === 'critical')
    .flatMap(v => v.nodes.map(n => `${v.id} (${v.impact}): ${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ''}`))
}

// dropFiles drops files on an element as a person does from a folder.
export async function dropFiles(page, selector, files) {
  const data = files.map(f => ({ name: f.name, base64: readFileSync(f.path).toString('base64') }))
  const transfer = await page.evaluateHandle(files => {
    const transfer = new DataTransfer()
    for (const f of files) transfer.items.add(new File([Uint8Array.from(atob(f.base64), c => c.charCodeAt(0))], f.name, { type: 'application/pdf' }))
    return transfer
  }, data)
  for (const event of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent(selector, event, { dataTransfer: transfer })
}
