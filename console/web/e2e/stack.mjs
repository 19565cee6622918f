// The service that the browser looks at: the one at CONSOLE_URL, or `certflow dev` started for this run alone.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

// startStack answers the address and the key of a service, and how to stop what was started for it.
export async function startStack() {
  const key = process.env.CONSOLE_KEY ?? 'sk_test_certflow_dev'
  if (process.env.CONSOLE_URL) return { url: process.env.CONSOLE_URL.replace(/\/$/, ''), key, stop: async () => {} }
  const binary = process.env.CERTFLOW ?? join(root, 'bin', 'certflow')
  const child = spawn(binary, ['dev', '--ephemeral', '--addr', '127.0.0.1:0', '--ui-port', '0', '--temporal-port', '0'], {
    cwd: root, env: { ...process.env, CERTFLOW_METRICS_ADDR: '127.0.0.1:0' }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let late
  const url = await new Promise((resolve, reject) => {
    late = setTimeout(() => {
      child.kill('SIGINT')
      reject(new Error(`${binary} is not ready after three minutes:\n${said}`))
    }, 180_000)
    const hear = data => {
      said += data
      const found = /^\s+API\s+(http\S+)$[\s\S]*Ctrl-C/m.exec(said)
      if (found) resolve(found[1])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`${binary} ended with ${code}:\n${said}`)))
  }).finally(() => clearTimeout(late))
  const stop = () =>
    new Promise(resolve => {
      child.removeAllListeners('exit')
      child.on('exit', resolve)
      child.kill('SIGINT')
    })
  return { url, key, stop }
}

// startReceiver answers webhooks, every third one with an error first.
export async function startReceiver() {
  let count = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.statusCode = ++count % 3 === 0 ? 500 : 200
      response.setHeader('Content-Type', 'application/json')
      response.end(response.statusCode === 200 ? '{"received":true}' : '{"error":"the database is restarting"}')
    })
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}/webhooks`, stop: () => new Promise(resolve => server.close(resolve)) }
}
