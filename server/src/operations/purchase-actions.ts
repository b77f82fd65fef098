/** What each state of a purchase offers: what a page shows as buttons, and what the API then does. */
import type { PurchaseStatus } from '@scrip/core'
import type { PurchaseRow } from '../database/purchases.sql.ts'

export type PurchaseAction = 'pay' | 'recheck' | 'refund' | 'offer' | 'confirm' | 'decline'

const BY_HAND: Readonly<Record<PurchaseStatus, readonly PurchaseAction[]>> = {
  requested: ['offer', 'decline'],
  pending: ['offer', 'confirm', 'decline'],
  paid: ['refund'],
  failed: [],
  abandoned: [],
  expired: [],
  refunded: [],
  disputed: [],
}

/** All that is unpaid can be rechecked: a late payment beats every other ending. */
const BY_GATEWAY: Readonly<Record<PurchaseStatus, readonly PurchaseAction[]>> = {
  requested: [],
  pending: ['pay', 'recheck'],
  paid: ['refund'],
  failed: ['pay', 'recheck'],
  abandoned: ['pay', 'recheck'],
  expired: ['recheck'],
  refunded: [],
  disputed: ['recheck'],
}

export function actionsOf(row: PurchaseRow): readonly PurchaseAction[] {
  const offered = (row.gateway === 'manual' ? BY_HAND : BY_GATEWAY)[row.status]
  return offered.filter((action) => isPossible(row, action))
}

function isPossible(row: PurchaseRow, action: PurchaseAction): boolean {
  if (action === 'pay') return row.checkoutUrl !== null
  if (action === 'refund') return row.returned < row.paid
  const isTouched = row.factCount > 0 || row.grantedAt !== null
  if (action === 'offer') return !isTouched
  // Once a part was paid, the money is returned in place of the purchase being declined.
  if (action === 'decline') return row.factCount === 0
  return true
}
