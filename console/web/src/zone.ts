// Times are told in the account's time zone, the one that its rules are judged in, whatever the browser's is.

const formats = new Map<string, Intl.DateTimeFormat>()

// formatIn makes a format once for each zone. A zone that this browser does not know gives way to the browser's own.
function formatIn(zone: string | undefined, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone ?? ''}`
  let format = formats.get(key)
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone })
    } catch {
      format = new Intl.DateTimeFormat('en-US', options)
    }
    formats.set(key, format)
  }
  return format
}

// moment is a time to the minute with its zone: Nov 23, 2026, 6:34 AM EST.
export function moment(seconds: number, zone: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }
  return formatIn(zone, 'moment', options).format(new Date(seconds * 1000))
}

// date is the day of a time.
export function date(seconds: number, zone: string | undefined): string {
  return formatIn(zone, 'date', { dateStyle: 'medium' }).format(new Date(seconds * 1000))
}

// clockOf reads a zone's clock: the milliseconds that UTC's would show.
function clockOf(milliseconds: number, zone: string | undefined): number {
  const options: Intl.DateTimeFormatOptions = { hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }
  const parts = formatIn(zone, 'clock', options).formatToParts(new Date(milliseconds))
  const n = (type: string) => Number(parts.find(p => p.type === type)?.value)
  return Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second'))
}

// typed writes a time as inputs of dates and times take it: 2026-11-23T06:34.
export function typed(seconds: number, zone: string | undefined): string {
  return new Date(clockOf(seconds * 1000, zone)).toISOString().slice(0, 16)
}

// readTyped is the time, in Unix seconds, that was typed into such an input. What the clock skips in spring is the hour after it, and what it
// shows twice in autumn the first of the two.
export function readTyped(text: string, zone: string | undefined): number {
  const shown = Date.parse(text + 'Z')
  const first = shown - (clockOf(shown, zone) - shown)
  const second = shown - (clockOf(first, zone) - first)
  const at = clockOf(second, zone) === shown ? second : Math.max(first, second)
  return Math.floor(at / 1000)
}
