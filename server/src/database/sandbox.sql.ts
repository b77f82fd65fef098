/** The orders of the built-in gateway, which knows no purchases: to Scrip they are another's. */
import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface SandboxOrderRow<Checkout = unknown, Payment = unknown> {
  readonly projectId: number
  readonly orderId: string
  readonly purchaseId: string
  readonly checkout: Checkout
  readonly payment: Payment
  readonly version: number
  readonly createdAt: Instant
}

const COLUMNS = `project_id as "projectId", order_id as "orderId", purchase_id as "purchaseId", checkout, payment,
  version, created_at as "createdAt"`

/** The order of the purchase: the new one, or the one that is there, whatever was asked for with it. */
export async function makeSandboxOrder<Checkout, Payment>(
  session: Session,
  order: Omit<SandboxOrderRow<Checkout, Payment>, 'version'>,
): Promise<SandboxOrderRow<Checkout, Payment>> {
  await session.query(
    `insert into sandbox_order (project_id, order_id, purchase_id, checkout, payment, created_at)
     values ($1, $2, $3, $4, $5, ${instant(6)})
     on conflict (project_id, purchase_id) do nothing`,
    [
      order.projectId,
      order.orderId,
      order.purchaseId,
      JSON.stringify(order.checkout),
      JSON.stringify(order.payment),
      order.createdAt,
    ],
  )
  const { rows } = await session.query(
    `select ${COLUMNS} from sandbox_order where project_id = $1 and purchase_id = $2`,
    [order.projectId, order.purchaseId],
  )
  return rows[0]!
}

export async function sandboxOrder<Checkout, Payment>(
  session: Session,
  orderId: string,
): Promise<SandboxOrderRow<Checkout, Payment> | null> {
  const { rows } = await session.query(`select ${COLUMNS} from sandbox_order where order_id = $1`, [orderId])
  return rows[0] ?? null
}

export async function sandboxOrderOfPurchase<Checkout, Payment>(
  session: Session,
  project: number,
  purchaseId: string,
): Promise<SandboxOrderRow<Checkout, Payment> | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from sandbox_order where project_id = $1 and purchase_id = $2`,
    [project, purchaseId],
  )
  return rows[0] ?? null
}

/** False where the order has moved on since it was read. */
export async function moveSandboxOrder(
  session: Session,
  order: Pick<SandboxOrderRow, 'orderId' | 'version'>,
  payment: unknown,
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update sandbox_order set payment = $3, version = version + 1 where order_id = $1 and version = $2`,
    [order.orderId, order.version, JSON.stringify(payment)],
  )
  return rowCount === 1
}
