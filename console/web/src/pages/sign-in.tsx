import { useEffect, useState } from 'preact/hooks'
import { asProblem, type Session } from '../app.ts'
import type { Problem } from '../client.ts'
import { Button, focus } from '../ui/basics.tsx'
import { Icon } from '../ui/icon.tsx'

export function SignIn(p: { ended: boolean; signIn: (key: string) => Promise<Session>; onSignedIn: (session: Session) => void }) {
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [shown, setShown] = useState(false)
  useEffect(() => {
    document.title = 'Sign in · certflow'
  }, [])
  const submit = async (e: Event) => {
    e.preventDefault()
    if (busy) return
    if (!key.trim()) {
      document.getElementById('key')?.focus()
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      p.onSignedIn(await p.signIn(key.trim()))
    } catch (e) {
      setProblem(asProblem(e))
      setBusy(false)
      document.getElementById('key')?.focus()
    }
  }
  return (
    <main class="sign-in">
      <form onSubmit={submit} class="card" noValidate>
        <div class="brand"><span class="logo" aria-hidden="true"><Icon name="check" /></span><span>certflow</span></div>
        <h1>Sign in to the console</h1>
        {p.ended && !problem && <p class="notice" role="status">Your session has ended. Sign in again to go on where you were.</p>}
        <div class="field">
          <label for="key">API key</label>
          <div class="with-button">
            <input
              id="key" type={(shown ? 'text' : 'password') as 'password'} class="mono" value={key} ref={focus} autoComplete="current-password" spellcheck={false} placeholder="sk_…"
              aria-invalid={problem !== null} aria-describedby="key-hint" onInput={e => setKey(e.currentTarget.value)}
            />
            <button type="button" class="button quiet square" aria-pressed={shown} aria-label="Show the key" onClick={() => setShown(!shown)}><Icon name="eye" /></button>
          </div>
          <p id="key-hint" class={problem ? 'fault' : 'hint'} role={problem ? 'alert' : undefined}>
            {problem ? problem.message : 'It is checked once and not kept in this browser. The session ends after 12 hours, or when the key is revoked.'}
          </p>
        </div>
        <Button type="submit" tone="primary" busy={busy}>Sign in</Button>
      </form>
      <p class="muted"><a href="/docs">API documentation</a></p>
    </main>
  )
}
