/** `scrip serve`: the server, on its embedded database or on PostgreSQL. */
import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { ScripOptions } from '../scrip.ts'
import { wholeNumber } from './options.ts'
import { closing, listen, logForm, openServing, type ServingOptions, withServingOptions } from './serving.ts'
import { misused } from './stop.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Without DATABASE_URL the data are in a folder (SCRIP_DATA, else ./data), in an embedded PostgreSQL.
On PostgreSQL any number of servers may share one database.
SCRIP_SECRET_KEY (32 bytes in base64) seals the secrets of gateways and webhooks; live projects need it.
Mails to customers go by SCRIP_SMTP_URL (smtp://user:password@host:587), from SCRIP_MAIL_FROM; without them they wait.

Examples:
  $ scrip serve
  $ scrip serve --port 9000 --host 0.0.0.0
  $ DATABASE_URL=postgres://scrip@db.example.com/scrip scrip serve`

interface ServeOptions extends ServingOptions {
  readonly jobs: boolean
  readonly publicUrl?: string
  readonly accountKeyLimit?: number
  readonly writers?: number
}

export function addServeCommand(program: Command, terminal: Terminal): void {
  withServingOptions(program.command('serve'))
    .description('run the server')
    .option('--public-url <url>', 'as it is reached from outside, for links in answers (SCRIP_PUBLIC_URL)')
    .option(
      '--account-key-limit <number>',
      "requests a minute of one customer's own key from one address; 0 = any number (600)",
      wholeNumber('a number of requests', 0, 1_000_000),
    )
    .option(
      '--writers <number>',
      'connections that write (2 on PostgreSQL, 1 on the embedded database)',
      wholeNumber('writers', 1, 8),
    )
    .option('--no-jobs', 'leave what time does by itself to other processes: `scrip work`')
    .addHelpText('after', EXAMPLES)
    .action((options: ServeOptions) => serve(terminal, options))
}

/**
 * How much garbage may lie beside what lives before old objects are collected. Left to itself the engine
 * waits for as much again, and a busy server has 300 MB in memory instead of 200, for months.
 */
const GARBAGE_PERCENT = 50

async function serve(terminal: Terminal, options: ServeOptions): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
  const opened = await openServing(terminal, options, serverOptions(terminal, options))
  await closing(opened, async () => {
    const { scrip } = opened
    const url = await listen(terminal, opened, options)
    const isForPrograms = logForm(terminal, options) === 'json'
    if (isForPrograms) scrip.app.log.info({ url, data: scrip.location }, 'ready')
    else {
      terminal.say(`Scrip is at ${url}. Every route: ${url}/docs`)
      terminal.say(`The data are in ${scrip.location}. Ctrl-C stops it.`)
    }
    if ((await scrip.projectCount()) === 0) {
      terminal.say('No project yet: `scrip project create --catalog FILE --mode test` makes one.')
    }
    await terminal.stopped()
    if (isForPrograms) scrip.app.log.info('stopping')
    else terminal.say('Stopping; what was accepted is finished first.')
  })
}

const SECRET_LENGTH_MIN = 32

/** What the environment says to whoever serves or works, and the options that go before it. */
export function serverOptions({ env }: Terminal, options: Partial<ServeOptions>): Partial<ScripOptions> {
  const { SCRIP_PUBLIC_URL, SCRIP_SECRET: secret, SCRIP_EXPORT_FOLDER: exportFolder } = env
  const publicUrl = (options.publicUrl ?? SCRIP_PUBLIC_URL ?? '').replace(/\/+$/, '')
  if (publicUrl !== '' && !/^https?:\/\/[^\s]+$/.test(publicUrl)) {
    throw misused(`The public address is ${publicUrl}: expected one such as https://credits.example.com.`)
  }
  if (secret && secret.length < SECRET_LENGTH_MIN) {
    throw misused(`SCRIP_SECRET has ${secret.length} characters: expected at least ${SECRET_LENGTH_MIN}.`)
  }
  const { accountKeyLimit: limit, writers, jobs = true } = options
  return {
    publicUrl,
    ...(secret ? { secret } : {}),
    ...(exportFolder ? { exportFolder } : {}),
    ...(limit === undefined ? {} : { accountKeyLimit: limit === 0 ? null : limit }),
    ...(writers === undefined ? {} : { writers }),
    jobs,
  }
}
