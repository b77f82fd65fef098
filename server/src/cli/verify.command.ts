/** `scrip verify`: every line of "What is always true", checked against what is stored. */
import type { Command } from 'commander'
import { printJson, withReached } from './asking.ts'
import { withDataOption, withJsonOption } from './options.ts'
import { EXIT, Stop } from './stop.ts'
import { facts } from './table.ts'
import type { Terminal } from './terminal.ts'
import { countText } from './words.ts'

const EXAMPLES = `
Exit code 1 where anything is not as it must be.

Examples:
  $ scrip verify
  $ scrip verify --json | jq '.violations[].sentence'`

interface Verification {
  readonly pools: number
  readonly rules: readonly { readonly rule: number; readonly sentence: string; readonly violations: number }[]
  readonly violations: readonly Violation[]
}

interface Violation {
  readonly sentence: string
  readonly account: string
  readonly pool: number
  readonly place: string
  readonly found: string
  readonly expected: string
}

export function addVerifyCommand(program: Command, terminal: Terminal): void {
  withDataOption(withJsonOption(program.command('verify')))
    .description('check every stored credit against the rules')
    .addHelpText('after', EXAMPLES)
    .action((options: { json?: boolean; data?: string }) => verify(terminal, options))
}

async function verify(terminal: Terminal, options: { json?: boolean; data?: string }): Promise<void> {
  await withReached(terminal, options, async (client) => {
    const answer = await client.get<Verification>({ method: 'GET', path: '/verification' })
    if (options.json === true) printJson(terminal, answer)
    else print(terminal, answer)
    if (answer.violations.length > 0) throw new Stop(EXIT.refused, '')
  })
}

function print(terminal: Terminal, { pools, rules, violations }: Verification): void {
  for (const { rule, sentence, violations: count } of rules) {
    terminal.print(`${count === 0 ? '✓' : '✗'} ${rule}. ${sentence}${count === 0 ? '' : ` (${count})`}`)
  }
  for (const violation of violations) terminal.print(`\n${describe(violation)}`)
  const count = rules.reduce((sum, rule) => sum + rule.violations, 0)
  const found = count === 0 ? 'no violation' : countText(count, 'violation')
  terminal.print(`\n${countText(pools, 'pool')}: ${found}.`)
}

function describe({ sentence, account, pool, place, found, expected }: Violation): string {
  return facts([
    ['Rule', sentence],
    ['Account', `${account} (pool ${pool})`],
    ['Where', place],
    ['Expected', expected],
    ['Found', found],
  ])
}
