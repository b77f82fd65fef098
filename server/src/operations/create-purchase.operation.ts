/**
 * Orders something: prices it by the catalog and the account's terms, writes the order down, and opens the
 * gateway's checkout. The order is there before the gateway is asked, so that one whose gateway is down, or
 * whose process dies meanwhile, is not lost: it has failed, and is tried again by Recheck or by its key.
 */
import {
  type Instant,
  type Metadata,
  type Money,
  type OrderContext,
  type OrderLine,
  type OrderWarning,
  type PricedOrder,
  type Promotion,
  priceOrder,
  termsAt,
} from '@scrip/core'
import { type AccountRow, accountById } from '../database/accounts.sql.ts'
import { listMemberRows } from '../database/members.sql.ts'
import { fixCurrency, insertPurchase, type PurchaseRow, purchaseById } from '../database/purchases.sql.ts'
import type { Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { gatewayFor, openGateway } from '../gateways/gateways.ts'
import { sayInstant } from '../ledger/replay.ts'
import { type Ask, accountNotFound, accountOf, catalogOf } from './ask.ts'
import { invoicePurchase } from './invoice-purchase.ts'
import { openPurchaseCheckout } from './open-purchase-checkout.ts'
import { promotionOf, promotionUsed, takeUse } from './promotion-use.ts'
import { tell } from './purchase-events.ts'
import { placeOf } from './purchase-place.ts'
import { readPool } from './read-pool.ts'
import { refusalSaid } from './refusal-facts.ts'
import { Refused } from './refused.ts'
import { remembered } from './remembered.ts'
import { settleFacts, settlePurchase } from './settle-purchase.ts'

export interface PurchaseRequest {
  readonly accountId: string
  readonly userId: string | null
  readonly lines: readonly OrderLine[]
  readonly promotionCode: string | null
  readonly returnUrl: string | null
  /** The customer agreed that its means of payment is kept. */
  readonly savesMethod: boolean
  readonly metadata: Metadata | null
  /** What only staff say; null where a customer orders. */
  readonly staff: StaffRequest | null
}

/** A sale by hand, as far as staff know it already: its price, when it is due, and that it was paid. */
export interface StaffRequest {
  readonly price: Money | null
  readonly dueAt: Instant | null
  readonly note: string | null
  /** `at` null = now. */
  readonly paid: { readonly at: Instant | null; readonly reference: string } | null
}

/** What is known before anything is written. */
interface Prepared {
  readonly now: Instant
  /** Whose plan, prices and currency apply: the pool's owner. */
  readonly owner: AccountRow
  readonly gateway: string
  /** Staff sell it, and have not said a price yet. */
  readonly requested: boolean
  readonly promotion: Promotion | null
  readonly priced: PricedOrder
  readonly warnings: readonly OrderWarning[]
}

export type Ordered =
  | { readonly dryRun: Prepared }
  | { readonly row: PurchaseRow; readonly warnings: readonly OrderWarning[] }

/** On a dry run the price alone: nothing is written, and no use of a code is counted. */
export async function createPurchase(ask: Ask, request: PurchaseRequest): Promise<Ordered> {
  const prepared = await prepare(ask, request).catch((error: unknown) => {
    // A key is looked up before anything else: what ended since does not disturb a replay.
    if (error instanceof Refused && ask.key !== null && !ask.dryRun) return error
    throw error
  })
  if (ask.dryRun && !(prepared instanceof Refused)) return { dryRun: prepared }
  const made = await remembered(ask, 'create-purchase', request.accountId, async (session) => {
    if (prepared instanceof Refused) throw prepared
    return { status: 201, body: { id: (await write(ask, session, request, prepared)).id } }
  })
  const { id } = made.body as { id: string }
  const row = await purchaseById(ask.house.database.pool, ask.project.id, id)
  if (row === null) throw new Error(`the purchase ${id} was made`)
  // Also of a replay: its maker may have died before it went on, or the gateway did not answer then.
  const warnings = prepared instanceof Refused ? [] : prepared.warnings
  return { row: await goOn(ask, row, request.staff), warnings }
}

/** Everything that can be refused before it is written; the ones who read are not those who write. */
async function prepare(ask: Ask, request: PurchaseRequest): Promise<Prepared> {
  const { staff, accountId } = request
  await refuseNonBuyer(ask, request)
  const { state, now } = await readPool(ask, accountId)
  const owner = await accountById(ask.house.database.pool, ask.project.id, state.ownerId)
  if (owner === null) throw accountNotFound(state.ownerId)
  const paidAt = staff?.paid?.at ?? now
  if (paidAt > now) throw notYet(paidAt, 'paid.at')
  const catalog = catalogOf(ask, now)
  const currency = owner.currency ?? catalog.currencies[0]!
  const own = gatewayFor(catalog, ask.project, currency)
  const sellsItself = (termsAt(state.terms, now)?.buysItself ?? true) && own !== 'manual'
  const gateway = staff === null && sellsItself ? own : 'manual'
  await openGateway(ask.house, ask.project, gateway)
  const promotion = promotionOf(catalog, request.promotionCode)
  const requested = gateway === 'manual' && staff?.price == null && staff?.paid == null
  const place = await placeOf(ask, accountId)
  const offered = staff?.price ?? null
  const context = { catalog, at: now, state, accountId, currency, place, promotion, offered }
  const priced = priceAsked(request.lines, context, requested)
  if ('refused' in priced) throw refusalSaid(ask, priced.refused)
  const { order, warnings } = priced
  return { now, owner, gateway, requested, promotion, priced: order, warnings }
}

/** What has a price only by agreement is requested without one: it costs nothing until staff offer it. */
function priceAsked(
  lines: readonly OrderLine[],
  context: OrderContext & { readonly currency: string },
  requested: boolean,
) {
  const priced = priceOrder(lines, context)
  const isByAgreement = 'refused' in priced && priced.refused.code === 'price_not_set'
  if (!requested || !isByAgreement) return priced
  return priceOrder(lines, { ...context, offered: { amount: 0, currency: context.currency } })
}

/** Nobody has seen on a statement what is still to come. */
export function notYet(at: Instant, path: string): Refused {
  const found = sayInstant(at)
  return new Refused('instant_in_the_future', 'What was paid, was paid before now.', { found }, path)
}

/** Only an admin or billing member buys; the product itself, where it names nobody. */
async function refuseNonBuyer(ask: Ask, { accountId, userId }: PurchaseRequest): Promise<void> {
  await accountOf(ask, accountId)
  if (userId === null) return
  const members = await listMemberRows(ask.house.database.pool, ask.project.id, accountId)
  if (members.find((member) => member.userId === userId)?.role !== 'member') return
  const admins = members
    .filter(({ role }) => role !== 'member')
    .map((member) => ({ userId: member.userId, name: member.name, email: member.email }))
  throw new Refused(
    'role_required',
    `${userId} is a member without the role to buy: only an admin or billing member does.`,
    { admins },
    'userId',
  )
}

async function write(
  ask: Ask,
  session: Session,
  request: PurchaseRequest,
  { now, owner, gateway, requested, promotion, priced }: Prepared,
): Promise<PurchaseRow> {
  const { accountId, staff } = request
  if (promotion !== null) {
    const full = await takeUse(session, ask.project, promotion.code, accountId, promotion)
    if (full !== null) throw promotionUsed(promotion.code, full)
  }
  for (const id of new Set([owner.id, accountId])) {
    await fixCurrency(session, ask.project.id, id, priced.currency)
  }
  const row = await insertPurchase(session, {
    project: ask.project.id,
    id: freshId('pur', now),
    accountId,
    userId: request.userId,
    asked: request.lines,
    priced,
    total: priced.total,
    currency: priced.currency,
    credits: priced.credits,
    gateway,
    requested,
    returnUrl: request.returnUrl,
    savesMethod: request.savesMethod,
    promotionCode: promotion?.code ?? null,
    metadata: request.metadata ?? {},
    // Pending once there is a checkout: until then it has failed, and may be tried again.
    status: requested ? 'requested' : gateway === 'manual' ? 'pending' : 'failed',
    dueAt: staff?.dueAt ?? null,
    note: staff?.note ?? null,
    createdAt: now,
    expiresAt: gateway === 'manual' ? null : now + EXPIRES_AFTER_MS,
  })
  await tell(session, ask.project, requested ? 'purchase.requested' : 'purchase.created', row, now)
  // What staff say was paid in the same call is invoiced as paid, a moment later.
  if (gateway === 'manual' && staff?.paid == null)
    await invoicePurchase(session, ask.house, ask.project, row.id)
  return row
}

/** As long as a gateway keeps a checkout open. */
const EXPIRES_AFTER_MS = 24 * 3_600_000

/** From the order to its checkout, or, where staff say so or there is nothing to pay, to its credits. */
async function goOn(ask: Ask, row: PurchaseRow, staff: StaffRequest | null): Promise<PurchaseRow> {
  const { house, project } = ask
  const money = { amount: row.total, currency: row.currency }
  if (staff?.paid != null) {
    const { at, reference } = staff.paid
    const fact = { kind: 'paid', at: at ?? row.createdAt, paymentId: reference, money } as const
    return settleFacts(house, project, row.id, { facts: [fact] }, 'staff')
  }
  if (row.gateway === 'manual' || row.total === 0) return settlePurchase(house, project, row.id)
  return openPurchaseCheckout(ask, row)
}
