import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { AppContext, type App, type Session } from './app.ts'
import { newClient, Problem, type Sign } from './client.ts'
import { Live } from './live.ts'
import { Names } from './names.ts'
import { addressOf, placeOf, type Place } from './router.ts'
import { askSession, endSession, signIn } from './session.ts'
import type { Account } from './schema.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { Failure, Loading } from './ui/basics.tsx'

interface Note {
  text: string
  tone: 'good' | 'bad'
  id: number
}

function Root() {
  const [session, setSession] = useState<Session | null | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [ended, setEnded] = useState(false)
  const ask = () => {
    setProblem(null)
    askSession().then(setSession, (e: unknown) => setProblem(e instanceof Problem ? e : new Problem(0, 'page', 'The page could not start.')))
  }
  useEffect(ask, [])
  if (problem) return <main class="alone"><Failure problem={problem} retry={ask} /></main>
  if (session === undefined) return <main class="alone"><Loading lines={3} /></main>
  if (session === null) {
    return <SignIn ended={ended} signIn={signIn} onSignedIn={s => { setEnded(false); setSession(s) }} />
  }
  return <SignedIn key={session.csrf_token} session={session} onEnd={expired => { setEnded(expired); setSession(null) }} />
}

function SignedIn({ session, onEnd }: { session: Session; onEnd: (expired: boolean) => void }) {
  const [place, setPlace] = useState<Place>(() => placeOf(location.pathname, location.search))
  const [account, setAccount] = useState<Account | null>(null)
  const [notes, setNotes] = useState<Note[]>([])
  const count = useRef(0)
  const parts = useMemo(() => {
    let token = session.csrf_token
    const sign: Sign = {
      token: () => token,
      async renew() {
        const now = await askSession().catch(() => null)
        if (now?.account !== session.account || now.csrf_token === token) return false
        token = now.csrf_token
        return true
      },
      expired: () => onEnd(true),
    }
    const client = newClient(sign)
    return { sign, client, names: new Names(client), live: new Live() }
  }, [session])

  useEffect(() => {
    const back = () => setPlace(placeOf(location.pathname, location.search))
    addEventListener('popstate', back)
    parts.client.get<Account>('/account').then(setAccount, () => {})
    return () => {
      removeEventListener('popstate', back)
      parts.live.stop()
    }
  }, [parts])

  const app: App = {
    ...parts, session, account, place,
    go(path, query = {}, replace = false) {
      const address = addressOf(path, query)
      history[replace ? 'replaceState' : 'pushState'](null, '', address)
      const moved = placeOf(location.pathname, location.search)
      setPlace(moved)
      if (!replace && moved.path !== place.path) {
        scrollTo(0, 0)
        // Whoever cannot see the page change hears its title.
        requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
      }
    },
    say(text, tone = 'good') {
      const id = ++count.current
      setNotes(notes => [...notes.slice(-2), { text, tone, id }])
      setTimeout(() => setNotes(notes => notes.filter(n => n.id !== id)), tone === 'bad' ? 9_000 : 5_000)
    },
    signOut() {
      endSession(parts.sign).then(() => onEnd(false), () => app.say('Signing out failed. Try again.', 'bad'))
    },
  }
  return (
    <AppContext.Provider value={app}>
      <Shell />
      <div class="notes" role="status" aria-live="polite">
        {notes.map(n => (
          <p key={n.id} class={`note ${n.tone}`}>{n.text}</p>
        ))}
      </div>
    </AppContext.Provider>
  )
}

const root = document.getElementById('app')
if (root) render(<Root />, root)
