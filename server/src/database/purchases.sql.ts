import type { Actor, Metadata, OrderLine, PricedOrder, PurchaseStatus } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface PurchaseRow {
  readonly project: number
  readonly id: string
  /** Of two that were made at one instant, which was first. */
  readonly number: number
  readonly accountId: string
  readonly userId: string | null
  readonly asked: readonly OrderLine[]
  readonly priced: PricedOrder
  readonly total: number
  readonly currency: string
  readonly credits: number
  readonly gateway: string
  readonly requested: boolean
  readonly offeredAt: number | null
  /** When it is to be paid, of an offer by staff. */
  readonly dueAt: number | null
  readonly note: string | null
  readonly grantNow: boolean
  readonly grantedBy: Actor | null
  readonly orderId: string | null
  readonly checkoutUrl: string | null
  readonly returnUrl: string | null
  readonly savesMethod: boolean
  readonly promotionCode: string | null
  readonly promotionCounted: boolean
  readonly metadata: Metadata
  readonly status: PurchaseStatus
  readonly paid: number
  readonly returned: number
  readonly paymentId: string | null
  readonly failure: string | null
  /** What of it was paid for and has no effect any more, in words for staff. */
  readonly unapplied: string | null
  /** Something of its payments is for staff to look at: a second payment, a wrong amount. */
  readonly attention: boolean
  readonly lane: number | null
  readonly pool: number | null
  readonly grantedAt: number | null
  readonly lots: readonly number[]
  readonly factCount: number
  readonly settledCount: number
  readonly askedAt: number | null
  readonly stuckAt: number | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly paidAt: number | null
}

export const PURCHASE_COLUMNS = `purchase.project_id as project, purchase.id, purchase.number, purchase.account_id as "accountId",
  purchase.user_id as "userId",
  purchase.asked, purchase.priced, purchase.total, purchase.currency, purchase.credits, purchase.gateway,
  purchase.requested, purchase.offered_at as "offeredAt", purchase.due_at as "dueAt", purchase.note,
  purchase.grant_now as "grantNow", purchase.granted_by as "grantedBy", purchase.order_id as "orderId",
  purchase.checkout_url as "checkoutUrl", purchase.return_url as "returnUrl", purchase.saves_method as "savesMethod",
  purchase.promotion_code as "promotionCode", purchase.promotion_counted as "promotionCounted", purchase.metadata,
  purchase.status, purchase.paid, purchase.returned, purchase.payment_id as "paymentId", purchase.failure, purchase.unapplied,
  purchase.attention, purchase.lane, purchase.pool_id as pool, purchase.granted_at as "grantedAt", purchase.lots,
  purchase.fact_count as "factCount", purchase.settled_count as "settledCount",
  purchase.asked_at as "askedAt", purchase.stuck_at as "stuckAt",
  purchase.created_at as "createdAt", purchase.expires_at as "expiresAt", purchase.paid_at as "paidAt"`

type Made = Pick<
  PurchaseRow,
  | 'project'
  | 'id'
  | 'accountId'
  | 'userId'
  | 'asked'
  | 'priced'
  | 'total'
  | 'currency'
  | 'credits'
  | 'gateway'
  | 'requested'
  | 'returnUrl'
  | 'savesMethod'
  | 'promotionCode'
  | 'metadata'
  | 'status'
  | 'dueAt'
  | 'note'
  | 'createdAt'
  | 'expiresAt'
>

export async function insertPurchase(session: Session, made: Made): Promise<PurchaseRow> {
  const { rows } = await session.query(
    `insert into purchase (project_id, id, account_id, user_id, asked, priced, total, currency, credits, gateway,
       requested, return_url, promotion_code, promotion_counted, metadata, status, due_at, note, created_at, expires_at, saves_method)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text, $13::text is not null, $14, $15,
       ${instant(16)}, $17, ${instant(18)}, ${instant(19)}, $20)
     returning ${PURCHASE_COLUMNS}`,
    [
      made.project,
      made.id,
      made.accountId,
      made.userId,
      JSON.stringify(made.asked),
      JSON.stringify(made.priced),
      made.total,
      made.currency,
      made.credits,
      made.gateway,
      made.requested,
      made.returnUrl,
      made.promotionCode,
      JSON.stringify(made.metadata),
      made.status,
      made.dueAt,
      made.note,
      made.createdAt,
      made.expiresAt,
      made.savesMethod,
    ],
  )
  return rows[0]!
}

export async function purchaseById(
  session: Session,
  project: number,
  id: string,
): Promise<PurchaseRow | null> {
  const { rows } = await session.query(
    `select ${PURCHASE_COLUMNS} from purchase where project_id = $1 and id = $2`,
    [project, id],
  )
  return rows[0] ?? null
}

/** The same, kept from changing until the transaction ends. */
export async function lockPurchase(
  session: Session,
  project: number,
  id: string,
): Promise<PurchaseRow | null> {
  const { rows } = await session.query(
    `select ${PURCHASE_COLUMNS} from purchase where project_id = $1 and id = $2 for update`,
    [project, id],
  )
  return rows[0] ?? null
}

/** By the order that a gateway knows it as. */
export async function purchaseIdByOrder(
  session: Session,
  project: number,
  gateway: string,
  orderId: string,
): Promise<string | null> {
  const { rows } = await session.query<{ id: string }>(
    'select id from purchase where project_id = $1 and gateway = $2 and order_id = $3',
    [project, gateway, orderId],
  )
  return rows[0]?.id ?? null
}

export async function setCheckout(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  opened: { readonly orderId: string; readonly checkoutUrl: string | null },
): Promise<void> {
  await session.query(
    `update purchase set order_id = $3, checkout_url = $4, failure = null, settled_count = -1, touched_at = now(),
       version = version + 1
     where project_id = $1 and id = $2 and order_id is null`,
    [project, id, opened.orderId, opened.checkoutUrl],
  )
}

export async function setOffer(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  offer: {
    readonly priced: PricedOrder
    readonly at: number
    readonly dueAt: number | null
    readonly note: string | null
  },
): Promise<void> {
  const { priced } = offer
  await session.query(
    `update purchase set priced = $3, total = $4, currency = $5, credits = $6, offered_at = ${instant(7)},
       due_at = ${instant(8)}, note = $9, settled_count = -1, touched_at = now(), version = version + 1
     where project_id = $1 and id = $2`,
    [
      project,
      id,
      JSON.stringify(priced),
      priced.total,
      priced.currency,
      priced.credits,
      offer.at,
      offer.dueAt,
      offer.note,
    ],
  )
}

export async function setGrantNow(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  by: Actor | null,
): Promise<void> {
  await session.query(
    `update purchase set grant_now = true, granted_by = $3, settled_count = -1, touched_at = now(), version = version + 1
     where project_id = $1 and id = $2`,
    [project, id, by === null ? null : JSON.stringify(by)],
  )
}

/** The customer's currency is fixed by its first purchase, where it had none. */
export async function fixCurrency(
  session: Session,
  project: number,
  accountId: string,
  currency: string,
): Promise<void> {
  await session.query(
    'update account set currency = $3 where project_id = $1 and account_id = $2 and currency is null',
    [project, accountId, currency],
  )
}

/** Whether anything that the account bought was paid. */
export async function hasPaid(session: Session, project: number, accountId: string): Promise<boolean> {
  const { rows } = await session.query<{ paid: boolean }>(
    'select exists (select from purchase where project_id = $1 and account_id = $2 and paid > 0) as paid',
    [project, accountId],
  )
  return rows[0]!.paid
}

/** Fixes where its lots are made, once. Answers with the place, whoever fixed it. */
export async function fixPlace(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  place: { readonly lane: number; readonly pool: number },
): Promise<{ readonly lane: number; readonly pool: number }> {
  const { rows } = await session.query<{ lane: number; pool: number }>(
    `update purchase set lane = coalesce(lane, $3), pool_id = coalesce(pool_id, $4)
     where project_id = $1 and id = $2 returning lane, pool_id as pool`,
    [project, id, place.lane, place.pool],
  )
  return rows[0]!
}

export type Settled = Pick<
  PurchaseRow,
  | 'status'
  | 'paid'
  | 'returned'
  | 'paymentId'
  | 'failure'
  | 'unapplied'
  | 'attention'
  | 'grantedAt'
  | 'lots'
  | 'paidAt'
  | 'promotionCounted'
>

/** What became of it, from so many of its facts; the caller holds the row. */
export async function writeSettled(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  settled: Settled,
  settledCount: number,
): Promise<void> {
  await session.query(
    `update purchase set status = $3, paid = $4, returned = $5, payment_id = $6, failure = $7, attention = $8,
       granted_at = ${instant(9)}, lots = $10, paid_at = ${instant(11)}, promotion_counted = $12, settled_count = $13,
       unapplied = $14, touched_at = now(), version = version + 1
     where project_id = $1 and id = $2`,
    [
      project,
      id,
      settled.status,
      settled.paid,
      settled.returned,
      settled.paymentId,
      settled.failure,
      settled.attention,
      settled.grantedAt,
      settled.lots,
      settled.paidAt,
      settled.promotionCounted,
      settledCount,
      settled.unapplied,
    ],
  )
}

/** A refusal of the checkout, or why the gateway could not be asked, in words; the state stays. */
export async function noteFailure(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  failure: string | null,
): Promise<void> {
  await session.query(
    'update purchase set failure = $3, version = version + 1 where project_id = $1 and id = $2',
    [project, id, failure],
  )
}

export interface PurchasePage {
  readonly project: number
  readonly accountId: string | null
  readonly status: PurchaseStatus | null
  readonly attention: boolean | null
  readonly after: { readonly createdAt: number; readonly number: number } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listPurchaseRows(session: Session, page: PurchasePage): Promise<PurchaseRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${PURCHASE_COLUMNS} from purchase
     where project_id = $1 and ($2::text is null or account_id = $2) and ($3::text is null or status = $3)
       and ($4::boolean is null or attention = $4)
       and ($5::bigint is null or (created_at, number) ${sign} (${instant(5)}, $6::bigint))
     order by created_at ${order}, number ${order} limit $7`,
    [
      page.project,
      page.accountId,
      page.status,
      page.attention,
      page.after?.createdAt ?? null,
      page.after?.number ?? null,
      page.limit,
    ],
  )
  return rows
}

/** How a gateway calls what was bought: what a customer quotes to the bank, and support looks up. */
export interface PaymentNames {
  readonly id: string
  readonly gateway: string
  readonly orderId: string | null
  readonly paymentId: string | null
}

export async function paymentNames(
  session: Session,
  project: number,
  ids: readonly string[],
): Promise<PaymentNames[]> {
  const { rows } = await session.query<PaymentNames>(
    `select id, gateway, order_id as "orderId", payment_id as "paymentId" from purchase
     where project_id = $1 and id = any ($2::text[])`,
    [project, ids],
  )
  return rows
}
