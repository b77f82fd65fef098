import type { Session } from './transaction.ts'

/** Counts one use of a code where `limit` leaves room for it; null = as often as anybody likes. */
export async function takePromotionUse(
  session: Session,
  project: number,
  code: string,
  accountId: string,
  limit: number | null,
): Promise<boolean> {
  if (limit === 0) return false
  const { rowCount } = await session.query(
    `insert into promotion_use (project_id, code, account_id, used) values ($1, $2, $3, 1)
     on conflict (project_id, code, account_id) do update set used = promotion_use.used + 1
     where $4::integer is null or promotion_use.used < $4`,
    [project, code, accountId, limit],
  )
  return (rowCount ?? 0) > 0
}

export async function givePromotionUseBack(
  session: Session,
  project: number,
  code: string,
  accountId: string,
): Promise<void> {
  await session.query(
    `update promotion_use set used = used - 1
     where project_id = $1 and code = $2 and account_id = $3 and used > 0`,
    [project, code, accountId],
  )
}
