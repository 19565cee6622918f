// Fetches the packages of which only built files are wanted. As dependencies they would bring 240 MB and a native library that these files
// do not need: npm fetches each alone, and its content must have the digest that package.json names.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const store = join(here, '.vendor')
const wanted = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).vendored

// vendored answers the folder of a package, which is named after it and its version.
export function vendored(name) {
  const { version, integrity } = wanted[name]
  const folder = join(store, `${basename(name)}-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(store, { recursive: true })
  const draft = mkdtempSync(join(store, 'draft-'))
  try {
    const tarball = execFileSync('npm', ['pack', '--silent', '--prefer-offline', '--pack-destination', draft, `${name}@${version}`], { cwd: here, encoding: 'utf8' }).trim()
    const found = 'sha512-' + createHash('sha512').update(readFileSync(join(draft, tarball))).digest('base64')
    if (found !== integrity) throw new Error(`${name}@${version} is ${found}, but package.json says ${integrity}`)
    execFileSync('tar', ['-xzf', join(draft, tarball), '-C', draft])
    renameSync(join(draft, 'package'), folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const name of Object.keys(wanted)) vendored(name)
