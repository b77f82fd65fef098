/** What `serve`, `dev` and `demo` share: open the data, listen, say where, and stop in good order. */
import { type Command, Option } from 'commander'
import type { ScripOptions } from '../scrip.ts'
import { humanLog } from './human-log.ts'
import { type Opened, openHere, sealingOptions, type Where } from './in-process.ts'
import { wholeNumber, withDataOption } from './options.ts'
import { portHolder } from './port-holder.ts'
import { dataFolderOf } from './reach.ts'
import { failed, misused } from './stop.ts'
import type { Terminal } from './terminal.ts'

export interface ServingOptions {
  readonly port?: number
  readonly host?: string
  readonly data?: string
  readonly memory?: boolean
  readonly log?: LogForm
}

type LogForm = 'json' | 'lines' | 'none'

const PORT = 8080
const HOST = '127.0.0.1'

export function withServingOptions(command: Command): Command {
  return withDataOption(command)
    .option(
      '--port <number>',
      `where to listen (SCRIP_PORT, else ${PORT}); 0 takes a free one`,
      wholeNumber('a port', 0, 65_535),
    )
    .option('--host <address>', `0.0.0.0 for every network (SCRIP_HOST, else ${HOST})`)
    .addOption(
      new Option('--log <form>', 'how requests are told: lines where a person sees them, else json').choices([
        'json',
        'lines',
        'none',
      ]),
    )
}

/** Where the data are, as the options and the environment say. */
function whereIs(terminal: Terminal, options: ServingOptions): Where {
  if (options.memory === true) return { memory: true }
  const { DATABASE_URL: databaseUrl } = terminal.env
  if (databaseUrl && options.data === undefined) return { url: databaseUrl }
  return { folder: dataFolderOf(terminal, options.data) }
}

export function openServing(
  terminal: Terminal,
  options: ServingOptions,
  more: Partial<ScripOptions> = {},
): Promise<Opened> {
  const log = logOf(terminal, logForm(terminal, options))
  const { env } = terminal
  const fromEnvironment = { ...sealingOptions(env), ...mailOptions(env), ...webhookOptions(env) }
  return openHere(whereIs(terminal, options), 'This server', { ...more, ...fromEnvironment, log })
}

/** SCRIP_WEBHOOK_ALLOW_PRIVATE: webhooks may be sent within the operator's own network. */
function webhookOptions({ SCRIP_WEBHOOK_ALLOW_PRIVATE: text }: Terminal['env']): Partial<ScripOptions> {
  if (text === undefined || text === '') return {}
  if (text === 'true' || text === 'false') return { webhooksMayBePrivate: text === 'true' }
  throw misused(`SCRIP_WEBHOOK_ALLOW_PRIVATE is ${text}: expected true or false.`)
}

/** SCRIP_SMTP_URL and SCRIP_MAIL_FROM: both, or no mail is sent. */
function mailOptions({ SCRIP_SMTP_URL: url, SCRIP_MAIL_FROM: from }: Terminal['env']): Partial<ScripOptions> {
  if (!url && !from) return {}
  if (!url) throw misused('SCRIP_MAIL_FROM is set without SCRIP_SMTP_URL, the mail server to send by.')
  if (!/^smtps?:\/\/[^\s]+$/.test(url) || !URL.canParse(url)) {
    throw misused('SCRIP_SMTP_URL is no address such as smtp://user:password@mail.example.com:587.')
  }
  if (!from || !/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/.test(from)) {
    throw misused('SCRIP_MAIL_FROM is needed with SCRIP_SMTP_URL: `Acme Credits <credits@example.com>`.')
  }
  return { mail: { url, from } }
}

export function logForm(terminal: Terminal, { log }: ServingOptions): LogForm {
  return log ?? (terminal.isInteractive ? 'lines' : 'json')
}

function logOf(terminal: Terminal, form: LogForm): ScripOptions['log'] {
  return form === 'lines' ? humanLog(terminal) : form === 'json'
}

/** Begins to take requests; answers the address for a browser on this machine. */
export async function listen(terminal: Terminal, opened: Opened, options: ServingOptions): Promise<string> {
  const { SCRIP_HOST } = terminal.env
  const host = options.host ?? (SCRIP_HOST || HOST)
  const port = options.port ?? portIn(terminal)
  try {
    return addressFor(await opened.scrip.listen({ host, port }))
  } catch (error) {
    throw listenFault(error, host, port)
  }
}

function portIn({ env: { SCRIP_PORT: text } }: Terminal): number {
  if (text === undefined || text === '') return PORT
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw misused(`SCRIP_PORT is ${text}: expected a port, a whole number from 0 to 65535.`)
}

/** An address that everything listens on is no address to go to. */
function addressFor(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//localhost:')
}

function listenFault(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return failed(
        `Port ${port} is taken by ${portHolder(port) ?? 'another program'}.`,
        `Choose another: --port ${port === PORT ? PORT + 1 : PORT}, or --port 0 for any that is free.`,
      )
    case 'EACCES':
      return failed(`This user may not listen on port ${port}. Ports from 1024 on are open to everybody.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return failed(`This machine has no address ${host}. Use 127.0.0.1, or 0.0.0.0 for every network.`)
    default:
      return error
  }
}

/** Closes what was opened, also when something fails on the way: what was accepted by then is finished. */
export async function closing<T>(opened: Opened, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await opened.close()
  }
}
