/** What follows from a payment in the ledger. Each may be done again by anybody: it has one effect. */
import type { Instant, PaymentFact, PricedOrder, PurchasePayment, Unapplied } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { fixPlace, type PurchaseRow } from '../database/purchases.sql.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import type { Address } from '../ledger/outcome.ts'
import type { Installation } from './installation.ts'
import { isPaid } from './purchase-payment.ts'

/** Between two steps: a test stops here as a process that dies would. */
export type Step = 'facts' | 'read' | 'placed' | 'granted' | 'reversed' | 'settled'

export interface SettleOptions {
  readonly after?: (step: Step) => void | Promise<void>
}

export interface Granted {
  readonly grantedAt: Instant | null
  readonly lots: readonly number[]
  /** Why the ledger would not. */
  readonly failure: string | null
  /** What of it has no effect any more: for staff. */
  readonly unapplied: string | null
}

/** Its lots, once: where it is paid, or where staff give them before. The ledger knows the purchase's id as the key. */
export async function grantPurchase(
  house: Installation,
  project: Project,
  row: PurchaseRow,
  payment: PurchasePayment,
  options: SettleOptions,
): Promise<Granted> {
  const { grantedAt, lots, priced } = row
  if (grantedAt !== null) return { grantedAt, lots, failure: null, unapplied: row.unapplied }
  if (!isPaid(payment) && !row.grantNow) return NOT_GRANTED
  const { address, now } = await whereAndWhen(house, project, row)
  await options.after?.('placed')
  const command = {
    type: 'purchase',
    accountId: row.accountId,
    purchase: row.id,
    lines: priced.lines,
    currency: priced.currency,
    key: row.id,
  } as const
  const outcome = await house.ledger.submit(address, command, now)
  await options.after?.('granted')
  if ('refused' in outcome) return { ...NOT_GRANTED, failure: outcome.refused.detail }
  if ('nothing' in outcome) throw new Error('a purchase has a row of its own')
  const { at, detail } = outcome.entry
  const unapplied = wordsOf(priced, detail?.unapplied ?? [])
  return { grantedAt: at, lots: detail?.lots ?? [], failure: null, unapplied }
}

/** Paid for and without effect: staff decide what becomes of the money. */
function wordsOf({ lines }: PricedOrder, unapplied: readonly Unapplied[]): string | null {
  if (unapplied.length === 0) return null
  const words = unapplied.map(({ line, why }) => `${lines[line]?.name ?? line}: ${why}`)
  return `Paid for and not applied: ${words.join(', ')}.`
}

const NOT_GRANTED: Granted = { grantedAt: null, lots: [], failure: null, unapplied: null }

/** The pool is fixed with the first attempt; the time is the account's own. */
async function whereAndWhen(
  house: Installation,
  project: Project,
  row: PurchaseRow,
): Promise<{ readonly address: Address; readonly now: number }> {
  const { pool } = house.database
  const account = await accountById(pool, project.id, row.accountId)
  if (account === null) throw new Error(`the account ${row.accountId} of the purchase ${row.id} is there`)
  const { lane, pool: number } = account
  const address =
    row.lane !== null && row.pool !== null
      ? { lane: row.lane, pool: row.pool }
      : await fixPlace(pool, row, { lane, pool: number })
  const time = timeOfClock(project, house.realTime())
  const now = account.testClock === null ? time : Math.max(time, timeOfClock(account, house.realTime()))
  return { address, now }
}

const GIVES_BACK: readonly PaymentFact['kind'][] = ['refunded', 'disputed', 'dispute_won', 'dispute_lost']
const ENDINGS: readonly PaymentFact['kind'][] = ['failed', 'abandoned', 'expired']

/**
 * Takes back what the money that was returned paid for, by totals: a repetition takes nothing more, and a
 * dispute that was won gives back. The ledger ignores what was decided on fewer facts than it has heard of,
 * so that whoever comes late with old ones changes nothing.
 */
export async function reversePurchase(
  house: Installation,
  project: Project,
  row: PurchaseRow,
  payment: PurchasePayment,
  facts: readonly PaymentFact[],
): Promise<void> {
  if (row.grantedAt === null) return
  const giveBack = row.grantNow ? [...GIVES_BACK, ...ENDINGS] : GIVES_BACK
  if (!facts.some(({ kind }) => giveBack.includes(kind))) return
  const { address, now } = await whereAndWhen(house, project, row)
  const { accountId, id: purchase, lots } = row
  const command = {
    type: 'reverse',
    accountId,
    purchase,
    lots,
    ...returnedOf(row, payment),
    facts: facts.length,
    key: `${purchase}:${facts.length}`,
  } as const
  const outcome = await house.ledger.submit(address, command, now)
  if ('refused' in outcome) throw new Error(`a reversal is never refused: ${outcome.refused.detail}`)
}

/** Credits that staff gave before the money, which then never came, are taken back whole. */
function returnedOf(row: PurchaseRow, { status, returned, paid }: PurchasePayment) {
  const isUnpaid = status === 'failed' || status === 'abandoned' || status === 'expired'
  if (row.grantNow && isUnpaid) return { returned: 1, paid: 1 }
  return { returned, paid }
}
