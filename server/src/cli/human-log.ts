/** The server's log as a person reads it: one line a request, and what went wrong. */

import type { Terminal } from './terminal.ts'

interface Logged {
  readonly time?: string
  readonly level?: string
  readonly msg?: string
  readonly method?: string
  readonly path?: string
  readonly status?: number
  readonly ms?: number
  readonly key?: string | null
  readonly err?: { readonly message?: string; readonly stack?: string }
}

/** Takes the lines of the structured log, and prints those that a person at the terminal wants. */
export function humanLog(terminal: Terminal): { write(line: string): void } {
  return {
    write(line) {
      const logged = parse(line)
      if (logged !== null && !isNoise(logged)) terminal.say(sayLine(logged))
    },
  }
}

/** What the framework says of itself, and what went well without a key: pages, probes, this program's own questions. */
function isNoise({ method, level, key, status }: Logged): boolean {
  return method === undefined ? level === 'info' : key == null && status !== undefined && status < 400
}

function sayLine(logged: Logged): string {
  const time = (logged.time ?? '').slice(11, 19)
  if (logged.method === undefined) {
    const trouble = logged.err === undefined ? '' : `: ${logged.err.stack ?? logged.err.message ?? ''}`
    return `${time}  ${logged.level ?? ''}  ${logged.msg ?? ''}${trouble}`
  }
  const parts = [time, String(logged.status), logged.method.padEnd(6), logged.path ?? '', `${logged.ms} ms`]
  return [...parts, logged.key ?? ''].join('  ').trimEnd()
}

function parse(line: string): Logged | null {
  try {
    return JSON.parse(line) as Logged
  } catch {
    return null
  }
}
