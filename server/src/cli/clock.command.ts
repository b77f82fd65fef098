/** `scrip clock show | set | advance | release`: the time of a test project, or of one of its accounts. */
import type { Command } from 'commander'
import { printJson, withClient } from './asking.ts'
import { type AskingOptions, withAskingOptions } from './options.ts'
import type { Call } from './send.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { countText, instantText, signedText } from './words.ts'

const EXAMPLES = `
A test clock stands where it is put and moves forward only; everything due on the way happens.

Examples:
  $ scrip clock show
  $ scrip clock advance "1 month"
  $ scrip clock advance nextRefill --account org_42
  $ scrip clock set 2027-01-01
  $ scrip clock release                          real time again, once it has caught up`

interface ClockOptions extends AskingOptions {
  readonly account?: string
}

interface ClockAnswer {
  readonly now: string
  /** Of a question: whether the clock was put there, or real time runs. */
  readonly stands?: boolean
  readonly events?: readonly ClockEvent[]
}

interface ClockEvent {
  readonly timestamp: string
  readonly type: string
  readonly accountId: string | null
  /** null of what moves no credits. */
  readonly credits: number | null
}

export function addClockCommand(program: Command, terminal: Terminal): void {
  const clock = program
    .command('clock')
    .description("see and move a test project's time")
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  const part = (name: string, description: string): Command =>
    withAskingOptions(clock.command(name))
      .description(description)
      .option('-a, --account <id>', "the account's own clock, ahead of the project's")
  part('show', 'say what time it is').action((options: ClockOptions) =>
    move(terminal, options, { method: 'GET', path: '/test-clock', query: { accountId: options.account } }),
  )
  part('set', 'put the clock to an instant')
    .argument('<instant>', 'such as 2027-01-01 or 2027-01-01T12:00:00Z')
    .action((now: string, options: ClockOptions) => move(terminal, options, post(options, { now })))
  part('advance', 'move the clock on')
    .argument('<length>', '"1 month", "7 days", or nextRefill, nextExpiry')
    .action((length: string, options: ClockOptions) =>
      move(
        terminal,
        options,
        post(options, /^next[A-Z]/.test(length) ? { to: length } : { advance: length }),
      ),
    )
  part('release', 'let real time run again').action((options: ClockOptions) =>
    move(terminal, options, { method: 'DELETE', path: '/test-clock', query: { accountId: options.account } }),
  )
}

function post({ account }: ClockOptions, body: Readonly<Record<string, string>>): Call {
  const accountId = account === undefined ? {} : { accountId: account }
  return { method: 'POST', path: '/test-clock', body: { ...body, ...accountId } }
}

async function move(terminal: Terminal, options: ClockOptions, call: Call): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const answer = await client.get<ClockAnswer>(call)
    if (options.json === true) return printJson(terminal, answer)
    const how = answer.stands === undefined ? '' : answer.stands ? ' (stands)' : ' (runs)'
    terminal.print(`${instantText(answer.now)}${how}`)
    if (answer.events === undefined) return
    terminal.say(`${countText(answer.events.length, 'event')} on the way.`)
    if (answer.events.length === 0) return
    const columns = [
      { title: 'At', text: (event: ClockEvent) => instantText(event.timestamp) },
      { title: 'Event', text: (event: ClockEvent) => event.type },
      { title: 'Credits', text: (event: ClockEvent) => creditsOf(event), right: true },
      { title: 'Account', text: (event: ClockEvent) => event.accountId ?? '' },
    ]
    terminal.print(table(columns, answer.events, terminal.columns))
  })
}

function creditsOf({ credits }: ClockEvent): string {
  return credits === null || credits === 0 ? '' : signedText(credits)
}
