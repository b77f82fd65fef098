/** `scrip key create | list | revoke`: a project's keys, and its customers' own. */
import type { Command } from 'commander'
import { printJson, withClient } from './asking.ts'
import { type AskingOptions, withAskingOptions } from './options.ts'
import { idIn } from './send.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { instantText } from './words.ts'

const EXAMPLES = `
Scopes: read · spend · refund · sell · grant · keys · admin (all of them)

Examples:
  $ scrip key create --name backend --scopes read spend refund
  $ scrip key create --account org_42 --permissions post.publish    a customer's own key
  $ scrip key list
  $ scrip key revoke key_01j…`

interface CreateOptions extends AskingOptions {
  readonly name?: string
  readonly scopes?: readonly string[]
  readonly account?: string
  readonly user?: string
  readonly permissions?: readonly string[]
  readonly expires?: string
}

interface Key {
  readonly id: string
  readonly name: string | null
  readonly prefix: string
  readonly accountId: string | null
  readonly scopes: readonly string[]
  readonly permissions: readonly string[]
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
  readonly expiresAt: string | null
}

export function addKeyCommand(program: Command, terminal: Terminal): void {
  const key = program
    .command('key')
    .description('make, list and revoke keys')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withAskingOptions(key.command('create'))
    .description('make a key, shown this once')
    .option('-n, --name <name>', 'what it is for')
    .option('-s, --scopes <scopes...>', 'what it may do (admin)')
    .option('-a, --account <id>', "a customer's own key: reads and quotes on this account alone")
    .option('-u, --user <id>', 'the user whose key it is')
    .option('--permissions <words...>', "your product's own words, which `POST /keys/verify` hands back")
    .option('--expires <instant>', 'when it ends, such as 2027-01-01')
    .action((options: CreateOptions) => create(terminal, options))
  withAskingOptions(key.command('list'))
    .description('list keys, newest first')
    .option('-a, --account <id>', 'those of one account')
    .action((options: AskingOptions & { account?: string }) => list(terminal, options))
  withAskingOptions(key.command('revoke'))
    .description('end a key for good, within a second')
    .argument('<id>', "the key's id, as `scrip key list` shows it")
    .action((id: string, options: AskingOptions) => revoke(terminal, id, options))
}

async function create(terminal: Terminal, options: CreateOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const body = {
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.account === undefined ? {} : { accountId: options.account }),
      ...(options.user === undefined ? {} : { userId: options.user }),
      ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
      ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
      ...(options.account !== undefined && options.scopes === undefined
        ? {}
        : { scopes: options.scopes ?? ['admin'] }),
    }
    const made = await client.get<Key & { key: string }>({ method: 'POST', path: '/keys', body })
    if (options.json === true) return printJson(terminal, made)
    terminal.print(made.key)
    terminal.say(`${made.id}. It is shown this once.`)
  })
}

async function list(terminal: Terminal, options: AskingOptions & { account?: string }): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const query = { accountId: options.account, limit: 200 }
    const page = await client.get<{ data: readonly Key[] }>({ method: 'GET', path: '/keys', query })
    if (options.json === true) return printJson(terminal, page)
    if (page.data.length === 0) return terminal.say('No keys.')
    const columns = [
      { title: 'Id', text: (key: Key) => key.id },
      { title: 'Key', text: (key: Key) => `${key.prefix}…` },
      { title: 'Name', text: (key: Key) => key.name ?? '' },
      { title: 'May', text: mayText },
      { title: 'Last used', text: (key: Key) => instantText(key.lastUsedAt) || 'never' },
      { title: 'State', text: stateText },
    ]
    terminal.print(table(columns, page.data, terminal.columns))
  })
}

function mayText({ accountId, scopes, permissions }: Key): string {
  if (accountId === null) return scopes.join(' ')
  return [`read ${accountId}`, ...permissions].join(' ')
}

function stateText({ revokedAt, expiresAt }: Key): string {
  if (revokedAt !== null) return `revoked ${instantText(revokedAt)}`
  return expiresAt === null ? 'live' : `until ${instantText(expiresAt)}`
}

async function revoke(terminal: Terminal, id: string, options: AskingOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const answer = await client.get<unknown>({ method: 'DELETE', path: `/keys/${idIn(id)}` })
    if (options.json === true) return printJson(terminal, answer)
    terminal.print(`${id} is revoked.`)
  })
}
