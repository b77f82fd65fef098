/** What was reported of payments: each fact once, whoever reported it and how often. */
import type { PaymentFact } from '@scrip/core'
import { instant } from './instant.ts'
import type { PurchaseRow } from './purchases.sql.ts'
import type { Session } from './transaction.ts'

export interface FactRow {
  readonly fact: PaymentFact
  readonly source: string
  readonly recordedAt: number
}

/** What of a fact makes it one beside its kind and payment: two refunds of a payment differ by their running total. */
function discriminatorOf(fact: PaymentFact): string {
  switch (fact.kind) {
    case 'paid':
      return `${fact.money.amount} ${fact.money.currency}`
    case 'refunded':
      return `${fact.returned.amount} ${fact.returned.currency}`
    case 'disputed':
    case 'dispute_won':
    case 'dispute_lost':
      return fact.disputeId
    default:
      return ''
  }
}

/** Writes what was not known yet; the caller holds the purchase's row, so its count is that of its facts. */
export async function insertFacts(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  facts: readonly PaymentFact[],
  source: string,
): Promise<number> {
  let written = 0
  for (const fact of facts) {
    const { rowCount } = await session.query(
      `insert into purchase_fact (project_id, purchase_id, kind, payment_id, discriminator, at, data, source)
       values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8) on conflict do nothing`,
      [
        project,
        id,
        fact.kind,
        fact.paymentId ?? '',
        discriminatorOf(fact),
        fact.at,
        JSON.stringify(fact),
        source,
      ],
    )
    written += rowCount ?? 0
  }
  if (written > 0) {
    await session.query(
      `update purchase set fact_count = fact_count + $3, touched_at = now(), version = version + 1
       where project_id = $1 and id = $2`,
      [project, id, written],
    )
  }
  return written
}

/** In the order in which they were learned of. */
export async function factsOf(session: Session, purchaseId: string): Promise<FactRow[]> {
  const { rows } = await session.query<FactRow>(
    `select data as fact, source, recorded_at as "recordedAt" from purchase_fact
     where purchase_id = $1 order by number`,
    [purchaseId],
  )
  return rows
}

export async function factsOfMany(
  session: Session,
  ids: readonly string[],
): Promise<Map<string, PaymentFact[]>> {
  const { rows } = await session.query<{ id: string; fact: PaymentFact }>(
    'select purchase_id as id, data as fact from purchase_fact where purchase_id = any ($1::text[]) order by number',
    [ids],
  )
  const facts = new Map<string, PaymentFact[]>()
  for (const { id, fact } of rows) facts.set(id, [...(facts.get(id) ?? []), fact])
  return facts
}
