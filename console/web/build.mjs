// Builds the pages into ../dist, from which the Go package embeds them. The same sources and lock file give the same bytes: file names
// hold hashes of contents, and nothing here knows the time, the machine or the order of a directory.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vendored } from './vendor.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, '..', 'dist')
const assets = join(dist, 'assets')
const base = '/console/assets/'

rmSync(dist, { recursive: true, force: true })
mkdirSync(assets, { recursive: true })

// keep writes a file under a name with the hash of its content, and answers its address.
function keep(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const [, stem, extension] = /^(.*)(\.[a-z]+)$/.exec(name)
  const kept = `${stem}-${hash}${extension}`
  writeFileSync(join(assets, kept), content)
  return base + kept
}

// The PDF viewer: its worker is a script of its own, its fonts and decoders are files that it loads when a PDF needs them.
const pdfjs = vendored('pdfjs-dist')
const worker = keep('pdf.worker.mjs', readFileSync(join(pdfjs, 'legacy', 'build', 'pdf.worker.min.mjs')))
const pdfjsFiles = basename(pdfjs)
cpSync(join(pdfjs, 'standard_fonts'), join(assets, pdfjsFiles, 'standard_fonts'), { recursive: true })
mkdirSync(join(assets, pdfjsFiles, 'wasm'))
for (const name of ['openjpeg.wasm', 'jbig2.wasm', 'LICENSE_OPENJPEG', 'LICENSE_JBIG2']) {
  cpSync(join(pdfjs, 'wasm', name), join(assets, pdfjsFiles, 'wasm', name))
}
cpSync(join(pdfjs, 'LICENSE'), join(assets, pdfjsFiles, 'LICENSE'))

const bundle = (entryPoints, outdir, more) =>
  build({
    entryPoints, outdir, bundle: true, minify: true, write: true, metafile: true, absWorkingDir: here, logLevel: 'warning', charset: 'utf8',
    target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact', entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]',
    legalComments: 'eof', ...more,
  })

const pages = await bundle(['src/main.tsx', 'src/main.css', 'src/docs.ts', 'src/docs.css'], assets, {
  format: 'esm', splitting: true, alias: { 'pdfjs-dist': pdfjs },
  define: {
    PDF_WORKER: JSON.stringify(worker),
    PDF_FILES: JSON.stringify(`${base}${pdfjsFiles}/`),
  },
})

// address answers where an entry point was built to.
function address(entry) {
  const [output] = Object.entries(pages.metafile.outputs).find(([, o]) => o.entryPoint === entry)
  return base + basename(output)
}

const icon = keep('icon.svg', readFileSync(join(here, 'src', 'icon.svg')))
const places = {
  icon, mainScript: address('src/main.tsx'), mainStyle: address('src/main.css'),
  docsScript: address('src/docs.ts'), docsStyle: address('src/docs.css'), scalar: keep('scalar.js', readFileSync(join(vendored('@scalar/api-reference'), 'dist', 'browser', 'standalone.js'))),
}
for (const page of ['index.html', 'docs.html']) {
  const html = readFileSync(join(here, 'src', page), 'utf8')
  writeFileSync(join(dist, page), html.replace(/\{\{(\w+)\}\}/g, (_, place) => places[place]))
}
