import type { BillingDetails, Seller } from '../invoices/party.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export async function billingDetailsOf(
  session: Session,
  project: number,
  accountId: string,
): Promise<BillingDetails | null> {
  const { rows } = await session.query<{ details: BillingDetails }>(
    'select details from billing_details where project_id = $1 and account_id = $2',
    [project, accountId],
  )
  return rows[0]?.details ?? null
}

export async function putBillingRow(
  session: Session,
  project: number,
  accountId: string,
  details: BillingDetails,
  at: number,
): Promise<void> {
  await session.query(
    `insert into billing_details (project_id, account_id, details, updated_at) values ($1, $2, $3, ${instant(4)})
     on conflict (project_id, account_id) do update set details = $3, updated_at = ${instant(4)}`,
    [project, accountId, JSON.stringify(details), at],
  )
}

export async function deleteBillingRow(session: Session, project: number, accountId: string): Promise<void> {
  await session.query('delete from billing_details where project_id = $1 and account_id = $2', [
    project,
    accountId,
  ])
}

export async function sellerOf(session: Session, project: number): Promise<Seller | null> {
  const { rows } = await session.query<{ details: Seller }>(
    'select details from seller where project_id = $1',
    [project],
  )
  return rows[0]?.details ?? null
}

export async function putSellerRow(
  session: Session,
  project: number,
  details: Seller,
  at: number,
): Promise<void> {
  await session.query(
    `insert into seller (project_id, details, updated_at) values ($1, $2, ${instant(3)})
     on conflict (project_id) do update set details = $2, updated_at = ${instant(3)}`,
    [project, JSON.stringify(details), at],
  )
}
