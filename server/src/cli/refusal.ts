/** A "no" of the API, as a person reads it: the sentence, what is wrong with which field, what would help. */
import type { Answer } from './send.ts'
import { EXIT, type ExitCode, Stop } from './stop.ts'

interface Problem {
  readonly title?: string
  readonly detail?: string
  readonly code?: string
  readonly requestId?: string
  readonly errors?: readonly FieldFault[]
  readonly remedies?: readonly { readonly title?: string }[]
}

interface FieldFault {
  readonly path?: string
  readonly message?: string
  readonly place?: string
  readonly expected?: unknown
  readonly found?: unknown
}

export function refusalOf(answer: Answer): Stop {
  const problem = (answer.body ?? {}) as Problem
  if (problem.code === undefined) {
    return new Stop(EXIT.fault, `The server answered ${answer.status} and nothing that Scrip would say.`)
  }
  const more = [
    ...(problem.errors ?? []).map(sayFault),
    ...(problem.remedies ?? []).map((remedy) => `What would help: ${remedy.title ?? ''}`),
    ...(HINTS[problem.code] ?? []),
  ]
  if (answer.status >= 500) more.push(`Request ${problem.requestId ?? 'without an id'}`)
  const sentence = problem.detail === undefined || problem.detail === '' ? problem.title : problem.detail
  return new Stop(exitOf(answer.status), `${sentence ?? ''} (${problem.code})`, more, { ...problem })
}

function exitOf(status: number): ExitCode {
  return status >= 500 || status === 401 ? EXIT.fault : EXIT.refused
}

function sayFault({ path, place, message, expected, found }: FieldFault): string {
  const where = [place, path].filter((part) => part !== undefined && part !== '').join(' ')
  const what = message ?? `expected ${String(expected)}, found ${JSON.stringify(found ?? null)}`
  return where === '' ? what : `${where}: ${what}`
}

/** What the API's own sentence cannot know: the words of the terminal. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  key_invalid: ['SCRIP_KEY holds the key that was sent. `scrip key list` shows the keys of a project.'],
  key_required: ['Set SCRIP_KEY to a key of the project.'],
  scope_required: ['`scrip key create --scopes …` makes a key with other scopes.'],
  catalog_required: ['`scrip catalog apply FILE` gives the project its first catalog.'],
  test_project_required: ['`scrip project create --mode test --catalog FILE` makes a test project.'],
}
