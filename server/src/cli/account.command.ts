/** `scrip account …`: what support and an operator ask about a customer, and do for one. */
import { type Command, Option } from 'commander'
import { addAccountActs } from './account-acts.ts'
import { printJson, withClient } from './asking.ts'
import type { Client } from './client.ts'
import { type AskingOptions, wholeNumber, withAskingOptions } from './options.ts'
import { idIn } from './send.ts'
import { type Column, facts, table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { instantText, numberText, signedText } from './words.ts'

const EXAMPLES = `
Examples:
  $ scrip account list --status past_due
  $ scrip account credits org_42
  $ scrip account transactions org_42 --limit 20
  $ scrip account transactions org_42 --csv > org_42.csv
  $ scrip account explain org_42                 why the balance is what it is
  $ scrip account create org_42 --name "Acme"
  $ scrip account grant org_42 100 --reason "Sorry for the outage"
  $ scrip account subscribe org_42 plus
  $ scrip account adjust org_42 --down 20 --reason "Granted twice"`

export function addAccountCommand(program: Command, terminal: Terminal): void {
  const account = program
    .command('account')
    .description('look at accounts, and grant, adjust, subscribe')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withAskingOptions(account.command('list'))
    .description('list accounts with their credits, newest first')
    .option('-q, --search <text>', 'in id, name and e-mail')
    .option('--plan <plan>', 'on this plan')
    .addOption(
      new Option('--status <status>', 'whose subscription is so').choices([
        'scheduled',
        'trialing',
        'active',
        'past_due',
        'unpaid',
        'paused',
      ]),
    )
    .option('--limit <number>', 'at most so many', wholeNumber('a limit', 1, 200), 50)
    .action((options: ListOptions) => list(terminal, options))
  forOne(account, terminal, 'show', 'who it is, its members, plan and credits', showAccount)
  forOne(account, terminal, 'credits', 'its balance and what comes next', showCredits)
  forOne(account, terminal, 'lots', 'its open lots, first spent first', showLots)
  forOne(account, terminal, 'explain', 'why the balance is what it is, lot by lot', explain)
  withAskingOptions(account.command('transactions'))
    .description('its transactions, newest first')
    .argument('<id>', 'the account')
    .option('--limit <number>', 'at most so many', wholeNumber('a limit', 1, 200), 50)
    .option('--from <instant>', 'from then on')
    .option('--to <instant>', 'before then')
    .option('--csv', 'all of them as CSV')
    .action((id: string, options: TransactionOptions) => showTransactions(terminal, id, options))
  addAccountActs(account, terminal)
}

type ShowOne = (terminal: Terminal, client: Client, id: string, json: boolean) => Promise<void>

function forOne(
  account: Command,
  terminal: Terminal,
  name: string,
  description: string,
  show: ShowOne,
): void {
  withAskingOptions(account.command(name))
    .description(description)
    .argument('<id>', 'the account')
    .action((id: string, options: AskingOptions) =>
      withClient(terminal, options, (client) => show(terminal, client, id, options.json === true)),
    )
}

interface ListOptions extends AskingOptions {
  readonly search?: string
  readonly plan?: string
  readonly status?: string
  readonly limit: number
}

interface Credits {
  readonly balance: number
  readonly available: number
  readonly held: number
  readonly received: number
  readonly used: number
  readonly expired: number
  readonly status: string
  readonly plan: string | null
  readonly nextRefill: { readonly at: string; readonly credits: number } | null
  readonly nextExpiry: { readonly at: string; readonly credits: number } | null
}

interface Account {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  readonly timeZone: string
  readonly currency: string | null
  readonly parentId: string | null
  readonly createdAt: string
  readonly credits?: Credits
  readonly members?: readonly {
    readonly userId: string
    readonly name: string | null
    readonly role: string
  }[]
}

async function list(terminal: Terminal, options: ListOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const { search: q, plan, status, limit } = options
    const query = { q, plan, status, limit, include: 'credits' }
    const page = await client.get<Page<Account>>({ method: 'GET', path: '/accounts', query })
    if (options.json === true) return printJson(terminal, page)
    if (page.data.length === 0) return terminal.say('No accounts.')
    const columns: Column<Account>[] = [
      { title: 'Account', text: (account) => account.id },
      { title: 'Name', text: (account) => account.name ?? '' },
      { title: 'Plan', text: (account) => account.credits?.plan ?? '' },
      { title: 'Balance', text: (account) => numberText(account.credits?.balance ?? 0), right: true },
      { title: 'Status', text: (account) => account.credits?.status ?? '' },
    ]
    terminal.print(table(columns, page.data, terminal.columns))
    sayMore(terminal, page)
  })
}

interface Page<T> {
  readonly data: readonly T[]
  readonly nextCursor: string | null
}

function sayMore(terminal: Terminal, page: Page<unknown>): void {
  if (page.nextCursor !== null) terminal.say('There are more: --limit shows up to 200.')
}

async function showAccount(terminal: Terminal, client: Client, id: string, json: boolean): Promise<void> {
  const query = { include: 'credits,members' }
  const account = await client.get<Account>({ method: 'GET', path: `/accounts/${idIn(id)}`, query })
  if (json) return printJson(terminal, account)
  const about = facts([
    ['Account', account.id],
    ['Name', account.name ?? ''],
    ['E-mail', account.email ?? ''],
    ['Time zone', account.timeZone],
    ['Currency', account.currency ?? ''],
    ['Shares with', account.parentId ?? ''],
    ['Since', instantText(account.createdAt)],
    [
      'Members',
      (account.members ?? []).map((member) => `${member.name ?? member.userId} (${member.role})`).join(', '),
    ],
    ...(account.credits === undefined ? [] : creditsFacts(account.credits)),
  ])
  terminal.print(about)
}

async function showCredits(terminal: Terminal, client: Client, id: string, json: boolean): Promise<void> {
  const credits = await client.get<Credits>({ method: 'GET', path: `/accounts/${idIn(id)}/credits` })
  if (json) printJson(terminal, credits)
  else terminal.print(facts(creditsFacts(credits)))
}

function creditsFacts(credits: Credits): (readonly [string, string])[] {
  const next = (coming: Credits['nextRefill']): string =>
    coming === null ? '' : `${numberText(coming.credits)} on ${instantText(coming.at)}`
  return [
    ['Balance', numberText(credits.balance)],
    ['Available', numberText(credits.available)],
    ['Held', numberText(credits.held)],
    ['Status', credits.status],
    ['Plan', credits.plan ?? ''],
    ['Received', numberText(credits.received)],
    ['Used', numberText(credits.used)],
    ['Expired', numberText(credits.expired)],
    ['Next refill', next(credits.nextRefill)],
    ['Next expiry', next(credits.nextExpiry)],
  ]
}

interface Lot {
  readonly id: string
  readonly kind: string
  readonly amount: number
  readonly remaining: number
  readonly held: number
  readonly effectiveAt: string
  readonly expiresAt: string | null
}

async function showLots(terminal: Terminal, client: Client, id: string, json: boolean): Promise<void> {
  const path = `/accounts/${idIn(id)}/credits`
  const { lots } = await client.get<{ lots: readonly Lot[] }>({
    method: 'GET',
    path,
    query: { include: 'lots' },
  })
  if (json) return printJson(terminal, { data: lots })
  if (lots.length === 0) return terminal.say('No open lots.')
  const columns: Column<Lot>[] = [
    { title: 'Lot', text: (lot) => lot.id },
    { title: 'Kind', text: (lot) => lot.kind },
    { title: 'Remaining', text: (lot) => numberText(lot.remaining), right: true },
    { title: 'Held', text: (lot) => numberText(lot.held), right: true },
    { title: 'Of', text: (lot) => numberText(lot.amount), right: true },
    { title: 'From', text: (lot) => instantText(lot.effectiveAt) },
    { title: 'Until', text: (lot) => instantText(lot.expiresAt) || 'for ever' },
  ]
  terminal.print(table(columns, lots, terminal.columns))
}

interface Explained {
  readonly sentence: string
  readonly lots: readonly { readonly sentence: string }[]
  readonly earlier: { readonly sentence: string }
}

async function explain(terminal: Terminal, client: Client, id: string, json: boolean): Promise<void> {
  const path = `/accounts/${idIn(id)}/credits/explanation`
  const explained = await client.get<Explained>({ method: 'GET', path })
  if (json) return printJson(terminal, explained)
  const lots = explained.lots.map(({ sentence }) => `• ${sentence}`)
  terminal.print([explained.sentence, '', ...lots, explained.earlier.sentence].join('\n'))
}

interface TransactionOptions extends AskingOptions {
  readonly limit: number
  readonly from?: string
  readonly to?: string
  readonly csv?: boolean
}

interface Transaction {
  readonly id: string
  readonly at: string
  readonly label: string
  readonly credits: number
  readonly balanceAfter: number
  readonly action: string | null
  readonly userId: string | null
  readonly reason: string | null
}

async function showTransactions(terminal: Terminal, id: string, options: TransactionOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const path = `/accounts/${idIn(id)}/transactions`
    const { from, to, limit } = options
    if (options.csv === true) {
      const { text } = await client.text({ method: 'GET', path, query: { from, to }, accept: 'text/csv' })
      return terminal.print(text.trimEnd())
    }
    const page = await client.get<Page<Transaction>>({ method: 'GET', path, query: { from, to, limit } })
    if (options.json === true) return printJson(terminal, page)
    if (page.data.length === 0) return terminal.say('No transactions.')
    const columns: Column<Transaction>[] = [
      { title: 'At', text: (row) => instantText(row.at) },
      { title: 'What', text: (row) => row.action ?? row.label },
      { title: 'Credits', text: (row) => signedText(row.credits), right: true },
      { title: 'Balance', text: (row) => numberText(row.balanceAfter), right: true },
      { title: 'Who', text: (row) => row.userId ?? '' },
      { title: 'Why', text: (row) => row.reason ?? '' },
    ]
    terminal.print(table(columns, page.data, terminal.columns))
    sayMore(terminal, page)
  })
}
