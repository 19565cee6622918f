// Runs the unit tests: esbuild makes JavaScript of them, Node's own runner runs it.
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '..', '.out')
rmSync(out, { recursive: true, force: true })
const tests = readdirSync(here).filter(name => name.endsWith('.test.ts'))
await build({ entryPoints: tests.map(name => join(here, name)), outdir: out, bundle: true, platform: 'node', format: 'esm', target: 'node20', outExtension: { '.js': '.mjs' }, logLevel: 'warning' })
const { status } = spawnSync(process.execPath, ['--test', ...tests.map(name => join(out, name.replace(/\.ts$/, '.mjs')))], { stdio: 'inherit' })
process.exit(status ?? 1)
