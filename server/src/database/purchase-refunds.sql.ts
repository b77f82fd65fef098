/** Refunds asked of gateways: written down before they are asked. */
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface RefundAsked {
  readonly key: string
  readonly paymentId: string
  readonly amount: number
  readonly currency: string
}

export async function refundsAsked(session: Session, purchaseId: string): Promise<RefundAsked[]> {
  const { rows } = await session.query<RefundAsked>(
    'select key, payment_id as "paymentId", amount, currency from purchase_refund where purchase_id = $1',
    [purchaseId],
  )
  return rows
}

export async function insertRefundAsked(
  session: Session,
  purchaseId: string,
  { key, paymentId, amount, currency }: RefundAsked,
  at: number,
): Promise<void> {
  await session.query(
    `insert into purchase_refund (purchase_id, key, payment_id, amount, currency, at)
     values ($1, $2, $3, $4, $5, ${instant(6)})`,
    [purchaseId, key, paymentId, amount, currency, at],
  )
}

/** A refund that the gateway refused for good is not counted any more. */
export async function deleteRefundAsked(session: Session, purchaseId: string, key: string): Promise<void> {
  await session.query('delete from purchase_refund where purchase_id = $1 and key = $2', [purchaseId, key])
}
