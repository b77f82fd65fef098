/** The person's end: what a command may read and print. Tests give one that keeps what was printed. */
import { createInterface } from 'node:readline/promises'
import { type ProgressBar, progressBar } from './progress-bar.ts'
import { EXIT, Stop } from './stop.ts'

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person sees what is printed as it comes. */
  readonly isInteractive: boolean
  /** How wide a line may be. */
  readonly columns: number
  print(text: string): void
  /** To the error output: a "no", a hint, what is going on, so that the output can be piped on. */
  say(text: string): void
  /** A command without `--yes` in a script changes nothing. */
  confirm(question: string): Promise<boolean>
  /** A bar where a person sees it, else nothing. */
  progress(): ProgressBar
  readInput(): Promise<string>
  /** Resolves at SIGINT or SIGTERM; the second signal ends the process at once. */
  stopped(): Promise<void>
}

const COLUMNS_DEFAULT = 100
const COLUMNS_MIN = 40

export function processTerminal(): Terminal {
  const isInteractive = process.stdout.isTTY === true
  return {
    env: process.env,
    isInteractive,
    get columns() {
      return columnsOf()
    },
    print: (text) => process.stdout.write(`${text}\n`),
    say: (text) => process.stderr.write(`${text}\n`),
    confirm: (question) => askPerson(question),
    progress: () =>
      isInteractive ? progressBar((text) => process.stdout.write(text), columnsOf()) : UNSEEN_BAR,
    readInput,
    stopped,
  }
}

async function askPerson(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new Stop(EXIT.usage, 'This needs a yes: give --yes where nobody can be asked.')
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  const gone = new AbortController()
  prompt.on('SIGINT', () => gone.abort())
  prompt.on('close', () => gone.abort())
  try {
    const answer = await prompt.question(`${question} (y/N) `, { signal: gone.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    // Ctrl-C and Ctrl-D are a no.
    if (!gone.signal.aborted) throw error
    process.stderr.write('\n')
    return false
  } finally {
    prompt.close()
  }
}

const UNSEEN_BAR: ProgressBar = { show: () => undefined, end: () => undefined }

function columnsOf(): number {
  return Math.max(COLUMNS_MIN, process.stdout.columns ?? COLUMNS_DEFAULT)
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    const hear = (): void => {
      if (isAsked) process.exit(130)
      isAsked = true
      resolve()
    }
    process.on('SIGINT', hear)
    process.on('SIGTERM', hear)
  })
}
