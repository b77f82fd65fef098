/**
 * Opens the gateway's checkout of an order, or finds the one that is open: the purchase's id is the gateway's
 * key, so that a second attempt after a lost answer leads to the same checkout. A gateway that does not
 * answer leaves the order as it is, failed and to be tried again; nothing is granted.
 */
import { formatCredits } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { noteFailure, type PurchaseRow, setCheckout } from '../database/purchases.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { timeOfClock } from '../directory/projects.ts'
import { type Checkout, type CheckoutOpened, GatewayFault } from '../gateways/gateway.ts'
import { openGateway } from '../gateways/gateways.ts'
import { type Ask, decimalsOf } from './ask.ts'
import { tell } from './purchase-events.ts'
import { settlePurchase } from './settle-purchase.ts'

type Where = Pick<Ask, 'house' | 'project'>

export async function openPurchaseCheckout(
  { house, project }: Where,
  row: PurchaseRow,
): Promise<PurchaseRow> {
  const { pool } = house.database
  const opened = await tryToOpen({ house, project }, row)
  if ('failure' in opened) {
    const failed = { ...row, status: 'failed', failure: opened.failure } as const
    await inTransaction(pool, async (session) => {
      await noteFailure(session, row, opened.failure)
      if (row.failure === null) {
        await tell(session, project, 'purchase.failed', failed, timeOfClock(project, house.realTime()))
      }
    })
    return failed
  }
  await setCheckout(pool, row, opened)
  return settlePurchase(house, project, row.id)
}

async function tryToOpen(
  { house, project }: Where,
  row: PurchaseRow,
): Promise<CheckoutOpened | { readonly failure: string }> {
  try {
    const gateway = await openGateway(house, project, row.gateway)
    return await gateway.openCheckout(await checkoutOf({ house, project }, row))
  } catch (error) {
    if (error instanceof GatewayFault) return { failure: error.message }
    throw error
  }
}

/** What a gateway is told of an order. */
export async function checkoutOf({ house, project }: Where, row: PurchaseRow): Promise<Checkout> {
  const account = await accountById(house.database.pool, project.id, row.accountId)
  const decimals = decimalsOf(project)
  const names = row.priced.lines.map(({ kind, name, credits }) =>
    kind === 'credits' ? `${formatCredits(credits, decimals).toLocaleString('en-US')} ${name}` : name,
  )
  return {
    purchaseId: row.id,
    total: { amount: row.total, currency: row.currency },
    description: names.join(', ').slice(0, 200),
    customer: { accountId: row.accountId, name: account?.name ?? null, email: account?.email ?? null },
    returnUrl: row.returnUrl,
    expiresAt: row.expiresAt ?? row.createdAt,
    savesMethod: row.savesMethod,
  }
}
