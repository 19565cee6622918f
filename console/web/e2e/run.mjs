// Drives the console with a browser as an operator would, and has axe judge every page. Needs a Chromium (CHROMIUM, or
// /usr/bin/chromium) and a service (CONSOLE_URL and CONSOLE_KEY, or bin/certflow, which it then starts for itself).
import { mkdirSync } from 'node:fs'
import { Api } from './api.mjs'
import { openPage, signIn, startBrowser, violations } from './browser.mjs'
import { journey, scene } from './journey.mjs'
import { places, visit } from './pages.mjs'
import { keepPictures } from './pictures.mjs'
import { startReceiver, startStack } from './stack.mjs'

const shots = process.env.SCREENSHOTS
if (shots) mkdirSync(shots, { recursive: true })
// PICTURES=DIR keeps those of README.md, small.
const pictures = process.env.PICTURES
let failed = 0

async function step(name, run) {
  const began = Date.now()
  let late
  try {
    await Promise.race([run(), new Promise((_, reject) => { late = setTimeout(reject, 300_000, new Error('it takes more than five minutes')) })])
    console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
    return true
  } catch (e) {
    failed++
    await shown()
    console.log(`FAIL  ${name}\n      ${String(e.stack ?? e).split('\n').slice(0, 14).join('\n      ')}`)
    return false
  } finally {
    clearTimeout(late)
  }
}

// shown keeps what the browser shows at a failure, where screenshots are kept.
async function shown() {
  if (!shots) return
  for (const context of browser.contexts()) for (const page of context.pages()) await page.screenshot({ path: `${shots}/failed-${failed}.png` }).catch(() => {})
}

const stack = await startStack()
const receiver = await startReceiver()
const browser = await startBrowser()
try {
  const api = new Api(stack.url, stack.key)
  const set = await scene(api, receiver)
  // What follows a failed step rests on it.
  const need = async (name, run) => {
    if (!(await step(name, run))) throw new Error('the journey ends here')
  }
  const { faults, flagged } = await journey({ browser, ...stack, api, set, step: need })
  await step('no page logged an error, broke its policy or asked another host', () => {
    if (faults.length) throw new Error(faults.join('\n'))
  })
  await everyPage(set, flagged)
  if (shots && pictures && !failed) await step('pictures for the README', () => keepPictures(browser, shots, pictures))
} catch (e) {
  failed ||= 1
  console.log(e.message)
} finally {
  await browser.close()
  await receiver.stop()
  await stack.stop()
}
console.log(failed ? `${failed} steps failed` : 'every step passed')
process.exit(failed ? 1 : 0)

async function everyPage(set, flagged) {
  for (const scheme of ['light', 'dark']) {
    const { context, page } = await openPage(browser, stack.url, { scheme })
    await step(`sign-in, ${scheme}: axe finds nothing serious`, async () => {
      await page.goto(`${stack.url}/console`)
      await page.getByLabel('API key', { exact: true }).waitFor()
      await judge(page, 'sign-in', scheme)
    })
    await step(`API docs, ${scheme}: axe finds nothing serious`, async () => {
      await page.goto(`${stack.url}/docs`)
      await page.getByRole('heading', { name: 'List certificates' }).first().waitFor()
      await page.waitForLoadState('networkidle')
      await judge(page, 'docs', scheme)
    })
    await context.close()
  }
  const wide = await openPage(browser, stack.url)
  await signIn(wide.page, stack.url, stack.key)
  for (const place of places(set, flagged)) {
    await step(`${place.name}, light and dark: axe finds nothing serious`, async () => {
      await visit(wide.page, stack.url, place)
      for (const scheme of ['light', 'dark']) {
        await wide.page.emulateMedia({ colorScheme: scheme })
        await judge(wide.page, place.name, scheme)
      }
      await wide.page.emulateMedia({ colorScheme: 'light' })
    })
  }
  await wide.context.close()
  const { context, page } = await openPage(browser, stack.url, { width: 360, height: 740 })
  await signIn(page, stack.url, stack.key)
  for (const place of places(set, flagged)) {
    await step(`${place.name}: fits a screen of 360 pixels`, async () => {
      await visit(page, stack.url, place)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      if (shots) await page.screenshot({ path: `${shots}/${place.name}-narrow.png` })
      if (wide > 360) throw new Error(`it is ${wide} pixels wide`)
    })
  }
  await context.close()
}

async function judge(page, name, scheme) {
  if (shots) await page.screenshot({ path: `${shots}/${name}-${scheme}.png` })
  const found = await violations(page)
  if (found.length) throw new Error(found.join('\n'))
}
