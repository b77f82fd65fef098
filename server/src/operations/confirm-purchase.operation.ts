/**
 * Staff confirm what they see on the bank's statement: all of it or a part, with its reference; or they give
 * the credits now, before the money is there. Only of what staff sell: what a gateway sold, the gateway confirms.
 */
import type { Actor, Instant } from '@scrip/core'
import { factsOf, insertFacts } from '../database/purchase-facts.sql.ts'
import { lockPurchase, type PurchaseRow, setGrantNow } from '../database/purchases.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { type Ask, accountOf, accountTime } from './ask.ts'
import { notYet } from './create-purchase.operation.ts'
import { isPaid, paymentOfRow } from './purchase-payment.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { Refused } from './refused.ts'
import { purchaseNotFound, settlePurchase } from './settle-purchase.ts'

export interface ConfirmRequest {
  readonly paid: {
    /** null = now. */
    readonly at: Instant | null
    readonly reference: string
    /** Minor units; null = all that is left to pay. */
    readonly amount: number | null
  } | null
  readonly grantNow: boolean
  readonly actor: Actor | null
}

export async function confirmPurchase(ask: Ask, id: string, request: ConfirmRequest): Promise<PurchaseRow> {
  const { house, project } = ask
  const known = await purchaseOf(ask, id)
  refuseUnlessByHand(known)
  const now = accountTime(ask, await accountOf(ask, known.accountId))
  const at = request.paid?.at ?? now
  if (at > now) throw notYet(at, 'at')
  const row = await inTransaction(
    house.database.pool,
    async (session) => {
      const locked = await lockPurchase(session, project.id, id)
      if (locked === null) throw purchaseNotFound(id)
      await writeDown(session, locked, request, at)
      return locked
    },
    { undo: ask.dryRun },
  )
  return ask.dryRun ? row : settlePurchase(house, project, id)
}

async function writeDown(
  session: Session,
  row: PurchaseRow,
  request: ConfirmRequest,
  at: Instant,
): Promise<void> {
  if (row.requested && row.offeredAt === null) {
    throw state(row, 'It has no price yet: offer one first.')
  }
  const facts = (await factsOf(session, row.id)).map(({ fact }) => fact)
  const payment = paymentOfRow(row, facts)
  if (request.paid !== null) {
    const { reference, amount } = request.paid
    const known = facts.some((fact) => fact.kind === 'paid' && fact.paymentId === reference)
    const left = row.total - payment.parts.reduce((sum, { money }) => sum + money.amount, 0)
    // The same transfer confirmed again is the same fact; another one of a paid purchase is kept and shown.
    if (!known || amount !== null) {
      const paid = amount ?? (isPaid(payment) ? row.total : left)
      const money = { amount: paid, currency: row.currency }
      await insertFacts(session, row, [{ kind: 'paid', at, paymentId: reference, money }], 'staff')
    }
  }
  if (request.grantNow && !row.grantNow) await setGrantNow(session, row, request.actor)
}

export function refuseUnlessByHand(row: PurchaseRow): void {
  if (row.gateway === 'manual') return
  throw new Refused(
    'gateway_decides',
    `It goes through ${row.gateway}, which says what was paid. Recheck asks it.`,
    { gateway: row.gateway },
  )
}

export function state(row: PurchaseRow, detail: string): Refused {
  return new Refused('purchase_state', detail, { purchaseStatus: row.status })
}
