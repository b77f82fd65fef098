/** `scrip purchases …`: what became of payments, and asking gateways again. */
import { type Command, Option } from 'commander'
import { printJson, withClient } from './asking.ts'
import type { Client } from './client.ts'
import { type AskingOptions, wholeNumber, withAskingOptions } from './options.ts'
import { idIn } from './send.ts'
import { EXIT, Stop } from './stop.ts'
import { type Column, facts, table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { countText, instantText, numberText } from './words.ts'

const EXAMPLES = `
Examples:
  $ scrip purchases list --status pending
  $ scrip purchases show pur_01…
  $ scrip purchases recheck pur_01…              ask its gateway what became of it
  $ scrip purchases recheck                      all that are unpaid
  $ scrip purchases monitor                      paid but not granted, granted but not paid`

const STATUSES = ['requested', 'pending', 'paid', 'failed', 'abandoned', 'expired', 'refunded', 'disputed']
/** What a late payment may still change. */
const UNPAID = ['pending', 'failed', 'abandoned']

export function addPurchasesCommand(program: Command, terminal: Terminal): void {
  const purchases = program
    .command('purchases')
    .description('look at purchases, and recheck their payments')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withAskingOptions(purchases.command('list'))
    .description('list purchases, newest first')
    .option('-a, --account <id>', 'of this account')
    .addOption(new Option('--status <status>', 'in this state').choices(STATUSES))
    .option('--attention', 'whose payments staff should look at')
    .option('--limit <number>', 'at most so many', wholeNumber('a limit', 1, 200), 50)
    .action((options: ListOptions) => list(terminal, options))
  withAskingOptions(purchases.command('show'))
    .description('one purchase and its payments')
    .argument('<id>', 'the purchase')
    .action((id: string, options: AskingOptions) =>
      withClient(terminal, options, async (client) => {
        const purchase = await client.get<Purchase>({ method: 'GET', path: `/purchases/${idIn(id)}` })
        if (options.json === true) printJson(terminal, purchase)
        else terminal.print(about(purchase))
      }),
    )
  withAskingOptions(purchases.command('recheck'))
    .description('ask the gateway what became of a purchase, or of all that are unpaid')
    .argument('[id]', 'the purchase')
    .action((id: string | undefined, options: AskingOptions) =>
      withClient(terminal, options, (client) =>
        id === undefined
          ? recheckAll(terminal, client, options.json === true)
          : recheckOne(terminal, client, id, options.json === true),
      ),
    )
  withAskingOptions(purchases.command('monitor'))
    .description('money without its credits, credits without their money; exit code 1 where there is any')
    .action((options: AskingOptions) => monitor(terminal, options))
}

interface ListOptions extends AskingOptions {
  readonly account?: string
  readonly status?: string
  readonly attention?: boolean
  readonly limit: number
}

interface Money {
  readonly amount: number
  readonly currency: string
}

interface Purchase {
  readonly id: string
  readonly accountId: string
  readonly status: string
  readonly lines: readonly { readonly name: string }[]
  readonly credits: number
  readonly total: Money
  readonly returned: Money
  readonly gateway: string
  readonly orderId: string | null
  readonly paymentId: string | null
  readonly checkoutUrl: string | null
  readonly failure: string | null
  readonly unapplied: string | null
  readonly actions: readonly string[]
  readonly createdAt: string
  readonly paidAt: string | null
}

interface Page {
  readonly data: readonly Purchase[]
  readonly nextCursor: string | null
}

const COLUMNS: readonly Column<Purchase>[] = [
  { title: 'At', text: (one) => instantText(one.createdAt) },
  { title: 'Purchase', text: (one) => one.id },
  { title: 'Account', text: (one) => one.accountId },
  { title: 'What', text: (one) => one.lines.map(({ name }) => name).join(', ') },
  { title: 'Total', text: (one) => moneyText(one.total), right: true },
  { title: 'Status', text: (one) => one.status },
]

function moneyText({ amount, currency }: Money): string {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return `${(amount / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits)} ${currency}`
}

function about(purchase: Purchase): string {
  return facts([
    ['Purchase', purchase.id],
    ['Account', purchase.accountId],
    ['Status', purchase.status],
    ['What', purchase.lines.map(({ name }) => name).join(', ')],
    ['Credits', numberText(purchase.credits)],
    ['Total', moneyText(purchase.total)],
    ['Returned', purchase.returned.amount === 0 ? '' : moneyText(purchase.returned)],
    ['Gateway', purchase.gateway],
    ['Order', purchase.orderId ?? ''],
    ['Payment', purchase.paymentId ?? ''],
    ['Checkout', purchase.checkoutUrl ?? ''],
    ['Why', purchase.failure ?? purchase.unapplied ?? ''],
    ['Ordered', instantText(purchase.createdAt)],
    ['Paid', purchase.paidAt === null ? '' : instantText(purchase.paidAt)],
    ['Can be done', purchase.actions.join(', ')],
  ])
}

async function list(terminal: Terminal, options: ListOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const { account: accountId, status, attention, limit } = options
    const query = { accountId, status, attention, limit }
    const page = await client.get<Page>({ method: 'GET', path: '/purchases', query })
    if (options.json === true) return printJson(terminal, page)
    if (page.data.length === 0) return terminal.say('No purchases.')
    terminal.print(table(COLUMNS, page.data, terminal.columns))
    if (page.nextCursor !== null) terminal.say('There are more: --limit shows up to 200.')
  })
}

function recheck(client: Client, id: string): Promise<Purchase> {
  return client.get<Purchase>({ method: 'POST', path: `/purchases/${idIn(id)}/recheck` })
}

async function recheckOne(terminal: Terminal, client: Client, id: string, json: boolean): Promise<void> {
  const purchase = await recheck(client, id)
  if (json) printJson(terminal, purchase)
  else terminal.print(about(purchase))
}

interface Rechecked {
  readonly id: string
  readonly before: string
  readonly after: string
  /** Why its gateway could not be asked. */
  readonly failure: string | null
}

/** One whose gateway does not answer holds up no other; then the exit code says that not all could be asked. */
async function recheckAll(terminal: Terminal, client: Client, json: boolean): Promise<void> {
  const rechecked: Rechecked[] = []
  for (const { id, status: before } of await unpaid(client)) {
    rechecked.push(
      await recheck(client, id).then(
        ({ status: after }) => ({ id, before, after, failure: null }),
        (error: unknown) => ({ id, before, after: before, failure: reasonOf(error) }),
      ),
    )
  }
  const failed = rechecked.filter(({ failure }) => failure !== null)
  const changed = rechecked.filter(({ before, after }) => before !== after)
  if (json) printJson(terminal, { data: rechecked })
  else {
    for (const { id, before, after } of changed) terminal.print(`${id}: ${before} → ${after}`)
    for (const { id, failure } of failed) terminal.say(`${id}: ${failure}`)
    terminal.say(`${countText(rechecked.length, 'purchase')} rechecked, ${changed.length} changed.`)
  }
  if (failed.length > 0) throw new Stop(EXIT.fault, '')
}

function reasonOf(error: unknown): string {
  if (error instanceof Stop) return error.message
  throw error
}

async function unpaid(client: Client): Promise<Purchase[]> {
  const found: Purchase[] = []
  for (const status of UNPAID) {
    let cursor: string | undefined
    do {
      const query = { status, limit: 200, cursor }
      const page: Page = await client.get<Page>({ method: 'GET', path: '/purchases', query })
      found.push(...page.data.filter(({ actions }) => actions.includes('recheck')))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  }
  return found
}

interface Mismatch {
  readonly purchaseId: string
  readonly accountId: string
  readonly status: string
  readonly total: Money
}

async function monitor(terminal: Terminal, options: AskingOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const found = await client.get<{
      readonly paidNotGranted: readonly Mismatch[]
      readonly grantedNotPaid: readonly Mismatch[]
    }>({ method: 'GET', path: '/purchases/monitor' })
    if (options.json === true) printJson(terminal, found)
    else {
      sayMismatches(terminal, 'paid but not granted', found.paidNotGranted)
      sayMismatches(terminal, 'granted but not paid', found.grantedNotPaid)
    }
    if (found.paidNotGranted.length + found.grantedNotPaid.length > 0) throw new Stop(EXIT.refused, '')
  })
}

function sayMismatches(terminal: Terminal, what: string, rows: readonly Mismatch[]): void {
  terminal.print(`${rows.length === 0 ? '✓' : '✗'} ${what}: ${rows.length === 0 ? 'none' : rows.length}`)
  for (const { purchaseId, accountId, status, total } of rows) {
    terminal.print(`  ${purchaseId}  ${accountId}  ${status}  ${moneyText(total)}`)
  }
}
