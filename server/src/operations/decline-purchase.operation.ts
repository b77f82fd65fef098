/** Staff decline what they were asked to sell. Credits that they gave before the money are taken back. */
import { factsOf, insertFacts } from '../database/purchase-facts.sql.ts'
import { lockPurchase, type PurchaseRow } from '../database/purchases.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Ask, projectTime } from './ask.ts'
import { refuseUnlessByHand, state } from './confirm-purchase.operation.ts'
import { isPaid, paymentOfRow } from './purchase-payment.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { purchaseNotFound, settlePurchase } from './settle-purchase.ts'

export async function declinePurchase(ask: Ask, id: string, reason: string | null): Promise<PurchaseRow> {
  const { house, project } = ask
  refuseUnlessByHand(await purchaseOf(ask, id))
  const row = await inTransaction(
    house.database.pool,
    async (session) => {
      const locked = await lockPurchase(session, project.id, id)
      if (locked === null) throw purchaseNotFound(id)
      const facts = (await factsOf(session, id)).map(({ fact }) => fact)
      const payment = paymentOfRow(locked, facts)
      if (isPaid(payment) || payment.parts.length > 0) {
        throw state(locked, 'Money was paid for it: return that instead.')
      }
      const fact = { kind: 'failed', at: projectTime(ask), paymentId: null, reason } as const
      await insertFacts(session, locked, [fact], 'staff')
      return locked
    },
    { undo: ask.dryRun },
  )
  return ask.dryRun ? row : settlePurchase(house, project, id)
}
