/** The command `scrip`: its parts, and how it ends. */
import { Command, CommanderError } from 'commander'
import { redactKeys } from '../directory/key-text.ts'
import { VERSION } from '../version.ts'
import { addAccountCommand } from './account.command.ts'
import { addCatalogCommand } from './catalog.command.ts'
import { addClockCommand } from './clock.command.ts'
import { addDemoCommand } from './demo.command.ts'
import { addDevCommand } from './dev.command.ts'
import { addGatewayCommand } from './gateway.command.ts'
import { addKeyCommand } from './key.command.ts'
import { addListenCommand } from './listen.command.ts'
import { addProjectCommand } from './project.command.ts'
import { addPurchasesCommand } from './purchases.command.ts'
import { addServeCommand } from './serve.command.ts'
import { EXIT, type ExitCode, Stop } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { addVerifyCommand } from './verify.command.ts'
import { addWorkCommand } from './work.command.ts'

const ABOUT = `Scrip: prepaid credits for your product, self-hosted.`

const REACHES = `
Where a command goes:
  SCRIP_URL and SCRIP_KEY      that server, with that key
  DATABASE_URL                 that PostgreSQL
  SCRIP_DATA (./data)          the server that has this folder open, else the folder itself

First steps:
  $ scrip demo                                            five products with a year of use
  $ scrip dev --catalog catalog.yaml                      your own, applied at each save
  $ scrip project create --catalog catalog.yaml --mode live
  $ scrip serve

Exit codes: 0 done · 1 refused, or a check found something · 2 not understood · 3 could not be done`

/** Runs one command line to its end. Never throws, and never ends the process itself. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = buildProgram(terminal)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return report(error, terminal, args.includes('--json'))
  }
}

export function buildProgram(terminal: Terminal): Command {
  const program = new Command('scrip')
    .description(ABOUT)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .addHelpText('after', REACHES)
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ helpWidth: terminal.columns })
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
  addServeCommand(program, terminal)
  addWorkCommand(program, terminal)
  addDevCommand(program, terminal)
  addDemoCommand(program, terminal)
  addProjectCommand(program, terminal)
  addCatalogCommand(program, terminal)
  addKeyCommand(program, terminal)
  addAccountCommand(program, terminal)
  addPurchasesCommand(program, terminal)
  addGatewayCommand(program, terminal)
  addClockCommand(program, terminal)
  addListenCommand(program, terminal)
  addVerifyCommand(program, terminal)
  return program
}

function report(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof Stop) return reportStop(error, terminal, json)
  if (error instanceof Error && EXPECTED_FAULTS.has(error.name)) {
    return reportStop(new Stop(EXIT.fault, error.message), terminal, json)
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.say(redactKeys(`This is a fault of Scrip itself. Please report it with the lines below.\n${text}`))
  return EXIT.fault
}

/** Faults of the world that say in their message what to do about them. */
const EXPECTED_FAULTS: ReadonlySet<string> = new Set(['ConfigurationFault', 'DatabaseFault'])

function reportStop(stop: Stop, terminal: Terminal, json: boolean): ExitCode {
  if (stop.message === '') return stop.exitCode
  if (json) {
    const facts = Object.keys(stop.facts).length > 0 ? stop.facts : { detail: stop.message, more: stop.more }
    terminal.say(JSON.stringify(facts, null, 2))
  } else terminal.say([stop.message, ...stop.more.map((line) => `  ${line}`)].join('\n'))
  return stop.exitCode
}
