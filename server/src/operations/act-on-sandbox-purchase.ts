/** What would happen to a purchase at its gateway, in a test project whose gateway is the sandbox. */
import type { PurchaseRow } from '../database/purchases.sql.ts'
import type { SandboxAct } from '../gateways/sandbox/sandbox-order.ts'
import { actInSandbox } from './act-in-sandbox.operation.ts'
import { type Ask, accountOf, accountTime } from './ask.ts'
import { purchaseOf } from './read-purchase.operation.ts'
import { Refused } from './refused.ts'
import { refuseLive } from './test-clock.ts'

export async function actOnSandboxPurchase(ask: Ask, id: string, act: SandboxAct): Promise<PurchaseRow> {
  const row = await purchaseOf(ask, id)
  refuseLive(ask)
  if (row.gateway !== 'sandbox' || row.orderId === null) {
    throw new Refused('sandbox_act_not_possible', 'The purchase has no order in the sandbox.', {}, 'act')
  }
  if (ask.dryRun) return row
  const at = accountTime(ask, await accountOf(ask, row.accountId))
  await actInSandbox(ask.house, ask.project, row.orderId, act, at)
  return purchaseOf(ask, id)
}
