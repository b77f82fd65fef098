/** The options that many commands share, in the same words everywhere. */
import { type Command, InvalidArgumentError } from 'commander'

export interface AskingOptions {
  readonly json?: boolean
  readonly project?: string
  readonly data?: string
}

export function withJsonOption(command: Command): Command {
  return command.option('--json', 'print JSON')
}

export function withDataOption(command: Command): Command {
  return command.option('--data <folder>', 'the data folder (SCRIP_DATA, else ./data)')
}

export function withAskingOptions(command: Command): Command {
  return withDataOption(
    withJsonOption(command).option('-p, --project <name|id>', 'which project, where there are several'),
  )
}

export function wholeNumber(name: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`expected ${name}: a whole number from ${minimum} to ${maximum}.`)
  }
}

/** Credits as a person types them: `1,000` is refused, `12.5` is the server's to judge. */
export function creditsNumber(text: string): number {
  const value = /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw new InvalidArgumentError('expected credits: a number above 0, such as 100.')
}
