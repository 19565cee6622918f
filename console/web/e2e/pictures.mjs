// The pictures of README.md, made of screenshots by the browser itself: WebP, less than half as large as PNG.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const chosen = ['certificate-light', 'certificate-dark', 'job-light', 'requirement-light', 'requirement-versions-light', 'certificate-narrow']
const most = 120_000 // bytes

export async function keepPictures(browser, from, to) {
  mkdirSync(to, { recursive: true })
  const page = await browser.newPage()
  for (const name of chosen) {
    const png = readFileSync(join(from, `${name}.png`)).toString('base64')
    const webp = await page.evaluate(async png => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      canvas.getContext('2d').drawImage(bitmap, 0, 0)
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 })).arrayBuffer())
      return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(''))
    }, png)
    const bytes = Buffer.from(webp, 'base64')
    if (bytes.length > most) throw new Error(`${name} has ${bytes.length} bytes, more than ${most}`)
    writeFileSync(join(to, `${name}.webp`), bytes)
  }
  await page.close()
}
