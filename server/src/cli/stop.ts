/**
 * How a command ends other than well: with a sentence for the person at the terminal, and an exit
 * code by which a script tells a "no" from a slip and from a fault of the world.
 */
export const EXIT = {
  ok: 0,
  /** The rules or the server said no, or a check found something. */
  refused: 1,
  /** The command was not understood. */
  usage: 2,
  /** Nothing could be asked or done: unreachable, held, broken. */
  fault: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command. Not a bug: it is printed without a stack. */
export class Stop extends Error {
  readonly exitCode: ExitCode
  /** Lines under the first: what to do about it. */
  readonly more: readonly string[]
  /** What `--json` prints instead of the sentence. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    exitCode: ExitCode,
    message: string,
    more: readonly string[] = [],
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.exitCode = exitCode
    this.more = more
    this.facts = facts
  }
}

export function misused(message: string, ...more: readonly string[]): Stop {
  return new Stop(EXIT.usage, message, more)
}

export function failed(message: string, ...more: readonly string[]): Stop {
  return new Stop(EXIT.fault, message, more)
}
