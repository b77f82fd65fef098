/** `scrip listen`: a server's events, printed as they come, and sent on to a program on this machine as webhooks are. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import type { SaidEvent } from '../events/say-event.ts'
import { VERSION } from '../version.ts'
import { openPostman, type Posted, type Postman } from '../webhooks/post.ts'
import { makeWebhookSecret, openSigner, type Sign } from '../webhooks/signing.ts'
import { withClient } from './asking.ts'
import type { Client } from './client.ts'
import { type AskingOptions, withAskingOptions } from './options.ts'
import { EXIT, misused, Stop } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { instantText } from './words.ts'

const EXAMPLES = `
What is sent on is signed with SCRIP_WEBHOOK_SECRET, or with a secret made for this run and printed.
Charges, holds and grants are told with --journal, which turns them on for the project until it is turned
off (PUT /events/setting), or where a webhook endpoint asks for them.

Examples:
  $ scrip listen
  $ scrip listen --forward http://localhost:3000/webhooks
  $ SCRIP_URL=https://credits.example.com SCRIP_KEY=… scrip listen --forward http://localhost:3000/webhooks
  $ scrip listen --type credits.low --account org_42 --json`

interface ListenOptions extends AskingOptions {
  readonly forward?: string
  readonly type?: string
  readonly account?: string
  readonly journal?: boolean
}

const LOOK_EVERY_MS = 1_000
const EVENTS_AT_ONCE = 200

export function addListenCommand(program: Command, terminal: Terminal): void {
  withAskingOptions(program.command('listen'))
    .description('bring the events of a server to this machine')
    .option('-f, --forward <url>', 'where to send them on, signed as webhooks are', forwardUrl)
    .option('-t, --type <type>', 'only of this type')
    .option('-a, --account <id>', 'only of this account')
    .option('--journal', 'have charges, holds and grants told too')
    .addHelpText('after', EXAMPLES)
    .action((options: ListenOptions) =>
      withClient(terminal, options, (client) => follow(terminal, options, client)),
    )
}

function forwardUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text
  throw new InvalidArgumentError('expected an address such as http://localhost:3000/webhooks.')
}

async function follow(terminal: Terminal, options: ListenOptions, client: Client): Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  void terminal.stopped().then(() => stopping.abort())
  if (options.journal === true)
    await client.get({ method: 'PUT', path: '/events/setting', body: { journal: true } })
  const forward = options.forward === undefined ? null : openForward(terminal, options.forward, signal)
  try {
    let after = await newestPlace(client, options)
    terminal.say(`Listening to ${client.reached}. Ctrl-C stops it.`)
    while (!signal.aborted) {
      const page = await eventsAfter(client, options, after).catch((error: unknown) =>
        unreached(terminal, error),
      )
      for (const event of page?.data ?? []) {
        if (!signal.aborted) await tellEvent(terminal, options, event, forward)
      }
      after = page?.cursor ?? after
      if (page === null || page.nextCursor === null)
        await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    forward?.postman.close()
  }
}

/** A server that starts anew is waited for; what it refuses is the end. */
function unreached(terminal: Terminal, error: unknown): null {
  if (!(error instanceof Stop) || error.exitCode !== EXIT.fault) throw error
  terminal.say(`${error.message} Trying again.`)
  return null
}

interface Page {
  readonly data: readonly SaidEvent[]
  readonly cursor: string | null
  readonly nextCursor: string | null
}

/** What happens from now on: the place of the newest event that there is. */
async function newestPlace(client: Client, options: ListenOptions): Promise<string | null> {
  const query = { ...filterOf(options), limit: 1 }
  return (await client.get<Page>({ method: 'GET', path: '/events', query })).cursor
}

function eventsAfter(client: Client, options: ListenOptions, after: string | null): Promise<Page> {
  const place = after === null ? {} : { after }
  const query = { ...filterOf(options), ...place, order: 'asc', limit: EVENTS_AT_ONCE }
  return client.get<Page>({ method: 'GET', path: '/events', query })
}

function filterOf({ type, account }: ListenOptions) {
  return { ...(type === undefined ? {} : { type }), ...(account === undefined ? {} : { accountId: account }) }
}

interface Forward {
  readonly url: string
  readonly postman: Postman
  readonly sign: Sign
}

function openForward(terminal: Terminal, url: string, signal: AbortSignal): Forward {
  const given = terminal.env.SCRIP_WEBHOOK_SECRET
  if (given && !/^whsec_[A-Za-z0-9+/]+=*$/.test(given))
    throw misused('SCRIP_WEBHOOK_SECRET is none: expected whsec_ and base64.')
  const secret = given || makeWebhookSecret()
  if (!given) terminal.say(`Signed with ${secret}`)
  return {
    url,
    postman: openPostman({ allowsPrivate: true, signal }),
    sign: openSigner([secret], `Scrip/${VERSION}`),
  }
}

/** One line for each, with what the program said to it. */
async function tellEvent(
  terminal: Terminal,
  { json }: ListenOptions,
  event: SaidEvent,
  forward: Forward | null,
): Promise<void> {
  const body = JSON.stringify(event)
  const posted = forward === null ? null : await forwardTo(forward, event.id, body)
  if (json === true) return terminal.print(body)
  const said = posted === null ? [] : [wordsOf(posted)]
  const parts = [instantText(event.timestamp), event.type, event.accountId ?? '-', event.id, ...said]
  terminal.print(parts.join('  '))
}

function forwardTo({ url, postman, sign }: Forward, id: string, body: string): Promise<Posted | 'stopped'> {
  return postman.post({ url, headers: sign({ id, body }, Date.now()), body })
}

function wordsOf(posted: Posted | 'stopped'): string {
  if (posted === 'stopped') return '✗ stopped'
  return posted.error === null ? `✓ ${posted.status}` : `✗ ${posted.error}`
}
