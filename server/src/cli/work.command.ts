/** `scrip work`: what time does by itself, in a process of its own. */
import { type Command, Option } from 'commander'
import { wholeNumber } from './options.ts'
import { serverOptions } from './serve.command.ts'
import { closing, listen, logForm, openServing, type ServingOptions } from './serving.ts'
import { failed } from './stop.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Due refills and expiries, webhooks, mails, payments that are stuck, exports and top-ups: done by every \`scrip serve\`
beside its requests, or, with \`scrip serve --no-jobs\`, by processes of their own. Any number may run, and
each thing is done once. With a port it answers /healthz, /readyz and /metrics, and nothing else.

Examples:
  $ DATABASE_URL=postgres://scrip@db.example.com/scrip scrip work
  $ DATABASE_URL=postgres://scrip@db.example.com/scrip scrip work --port 9100`

export function addWorkCommand(program: Command, terminal: Terminal): void {
  program
    .command('work')
    .description('do what time does by itself, beside servers that only answer')
    .option(
      '--port <number>',
      'where it says how it does; 0 takes a free one',
      wholeNumber('a port', 0, 65_535),
    )
    .option('--host <address>', 'the same on another address (SCRIP_HOST, else 127.0.0.1)')
    .addOption(new Option('--log <form>', 'how it tells what it does').choices(['json', 'lines', 'none']))
    .addHelpText('after', EXAMPLES)
    .action((options: ServingOptions) => work(terminal, options))
}

async function work(terminal: Terminal, options: ServingOptions): Promise<void> {
  if (!terminal.env.DATABASE_URL) {
    throw failed(
      'There is no DATABASE_URL, and the embedded database belongs to one process.',
      'There `scrip serve` does what time does by itself.',
    )
  }
  const opened = await openServing(terminal, options, { ...serverOptions(terminal, {}), api: false })
  await closing(opened, async () => {
    const { app, location } = opened.scrip
    const url = options.port === undefined ? null : await listen(terminal, opened, options)
    const isForPrograms = logForm(terminal, options) === 'json'
    if (isForPrograms) app.log.info({ url, data: location }, 'working')
    else {
      const says = url === null ? '' : ` How it does: ${url}/metrics.`
      terminal.say(`Working on ${location}.${says} Ctrl-C stops it.`)
    }
    await terminal.stopped()
    if (isForPrograms) app.log.info('stopping')
    else terminal.say('Stopping; the round under way is finished first.')
  })
}
