/** Money without its credits, and credits without their money. */
import type { PurchaseStatus } from '@scrip/core'
import type { Session } from './transaction.ts'

export interface Mismatch {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly status: PurchaseStatus
  readonly total: number
  readonly paid: number
  readonly currency: string
  readonly credits: number
}

const MISMATCH = `purchase.project_id as project, purchase.id, purchase.account_id as "accountId", purchase.status,
  purchase.total, purchase.paid, purchase.currency, purchase.credits`

/**
 * The ledger's own rows are asked, not the purchase's: a mark that says "granted" proves nothing. The
 * facts likewise: enough money of its currency arrived, whatever the status says.
 */
const GRANTED = `exists (select from entry
  where entry.idempotency_key = purchase.id and entry.account_id = purchase.account_id and entry.operation = 'purchase')`

const MONEY_THERE = `(select coalesce(sum((fact.data->'money'->>'amount')::bigint), 0) from purchase_fact fact
  where fact.purchase_id = purchase.id and fact.kind = 'paid' and fact.data->'money'->>'currency' = purchase.currency)`

/** A gateway's payment counts where it is the whole total; staff's may come in parts. */
const PAID = `((purchase.gateway = 'manual' and ${MONEY_THERE} >= purchase.total and (purchase.total > 0 or exists (
    select from purchase_fact fact where fact.purchase_id = purchase.id and fact.kind = 'paid')))
  or exists (select from purchase_fact fact where fact.purchase_id = purchase.id and fact.kind = 'paid'
    and fact.data->'money'->>'currency' = purchase.currency
    and (fact.data->'money'->>'amount')::bigint = purchase.total))`

export async function paidNotGranted(session: Session, project: number, limit: number): Promise<Mismatch[]> {
  const { rows } = await session.query<Mismatch>(
    `select ${MISMATCH} from purchase where project_id = $1 and ${PAID} and not ${GRANTED}
     order by created_at limit $2`,
    [project, limit],
  )
  return rows
}

/** Credits that staff gave before the money are no mismatch. */
export async function grantedNotPaid(session: Session, project: number, limit: number): Promise<Mismatch[]> {
  const { rows } = await session.query<Mismatch>(
    `select ${MISMATCH} from purchase where project_id = $1 and not grant_now and not (${PAID}) and ${GRANTED}
     order by created_at limit $2`,
    [project, limit],
  )
  return rows
}
