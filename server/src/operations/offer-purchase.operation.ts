/** Staff say what a request costs and when it is due: from then on it is to be paid. Again, until something was. */
import { type Instant, type Money, priceOrder } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { lockPurchase, type PurchaseRow, setOffer } from '../database/purchases.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Ask, accountNotFound, catalogOf } from './ask.ts'
import { refuseUnlessByHand, state } from './confirm-purchase.operation.ts'
import { placeOf } from './purchase-place.ts'
import { readPool } from './read-pool.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { refusalSaid } from './refusal-facts.ts'
import { purchaseNotFound, settlePurchase } from './settle-purchase.ts'

export interface OfferRequest {
  /** null: as the catalog and the account's terms say. */
  readonly price: Money | null
  readonly dueAt: Instant | null
  readonly note: string | null
}

export async function offerPurchase(ask: Ask, id: string, request: OfferRequest): Promise<PurchaseRow> {
  const { house, project } = ask
  const asked = await purchaseOf(ask, id)
  refuseUnlessByHand(asked)
  const { state: pool, now } = await readPool(ask, asked.accountId)
  const owner = await accountById(house.database.pool, project.id, pool.ownerId)
  if (owner === null) throw accountNotFound(pool.ownerId)
  const priced = priceOrder(asked.asked, {
    catalog: catalogOf(ask, now),
    at: now,
    state: pool,
    accountId: asked.accountId,
    currency: asked.currency,
    place: await placeOf(ask, asked.accountId),
    promotion: null,
    offered: request.price,
  })
  if ('refused' in priced) throw refusalSaid(ask, priced.refused)
  const { dueAt, note } = request
  const row = await inTransaction(
    house.database.pool,
    async (session) => {
      const locked = await lockPurchase(session, project.id, id)
      if (locked === null) throw purchaseNotFound(id)
      const isOpen = locked.status === 'requested' || locked.status === 'pending'
      if (!isOpen || locked.factCount > 0 || locked.grantedAt !== null) {
        throw state(locked, 'A price is offered before anything was paid or given for it.')
      }
      await setOffer(session, locked, { priced: priced.order, at: now, dueAt, note })
      return lockPurchase(session, project.id, id)
    },
    { undo: ask.dryRun },
  )
  if (row === null) throw purchaseNotFound(id)
  return ask.dryRun ? row : settlePurchase(house, project, id)
}
