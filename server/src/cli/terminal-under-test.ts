/** A terminal that keeps what was printed, and is told to stop by the test. */
import { runProgram } from './program.ts'
import type { ExitCode } from './stop.ts'
import type { Terminal } from './terminal.ts'

export interface Ran {
  readonly exitCode: ExitCode
  readonly out: string
  readonly err: string
}

export interface TerminalUnderTest extends Terminal {
  /** What was printed so far. */
  readonly printed: { out: string; err: string }
  /** Resolves as soon as the text stands somewhere in what was printed. */
  until(text: string): Promise<void>
  stop(): void
}

export interface Situation {
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly input?: string
  readonly answer?: boolean
}

export function terminalUnderTest(situation: Situation = {}): TerminalUnderTest {
  const printed = { out: '', err: '' }
  const waiting: { readonly text: string; readonly found: () => void }[] = []
  let stop: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const add = (stream: 'out' | 'err', text: string): void => {
    printed[stream] += `${text}\n`
    for (const { text: wanted, found } of waiting) if (text.includes(wanted)) found()
  }
  return {
    env: situation.env ?? {},
    isInteractive: false,
    columns: situation.columns ?? 100,
    printed,
    print: (text) => add('out', text),
    say: (text) => add('err', text),
    confirm: () => Promise.resolve(situation.answer ?? false),
    progress: () => ({ show: () => undefined, end: () => undefined }),
    readInput: () => Promise.resolve(situation.input ?? ''),
    stopped: () => stopped,
    stop: () => stop(),
    until: (text) =>
      new Promise((found) => {
        if (`${printed.out}${printed.err}`.includes(text)) found()
        else waiting.push({ text, found })
      }),
  }
}

/** Runs one command line to its end. */
export async function run(line: readonly string[], situation: Situation = {}): Promise<Ran> {
  const terminal = terminalUnderTest(situation)
  const exitCode = await runProgram(line, terminal)
  return { exitCode, ...terminal.printed }
}
