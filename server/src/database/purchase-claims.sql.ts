/** What a job takes on of purchases, so that of several processes one does it. */
import { instant } from './instant.ts'
import { PURCHASE_COLUMNS, type PurchaseRow } from './purchases.sql.ts'
import type { Session } from './transaction.ts'

/**
 * Takes on unpaid purchases that nobody asked about since `before`, and older ones less and less often. What
 * one process takes, another does not, since it says at once when it was last asked.
 */
export async function claimUnpaid(
  session: Session,
  project: number,
  { before, now, limit }: { readonly before: number; readonly now: number; readonly limit: number },
): Promise<PurchaseRow[]> {
  const { rows } = await session.query(
    `update purchase set asked_at = ${instant(3)} where id in (
       select id from purchase
       where project_id = $1 and created_at <= ${instant(2)} and gateway <> 'manual'
         and (asked_at is null
           or (asked_at <= ${instant(2)} and asked_at + (${instant(3)} - created_at) / 8 <= ${instant(3)}))
         and (status = 'pending'
           or (status in ('failed', 'abandoned') and expires_at > ${instant(3)} - interval '48 hours'))
       order by created_at limit $4 for update skip locked)
     returning ${PURCHASE_COLUMNS}`,
    [project, before, now, limit],
  )
  return rows
}

export async function setAskedAt(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  at: number,
): Promise<void> {
  await session.query(`update purchase set asked_at = ${instant(3)} where project_id = $1 and id = $2`, [
    project,
    id,
    at,
  ])
}

/** Left in the middle by somebody who died: what changed a while ago and no status counts yet. */
export async function claimUnsettled(
  session: Session,
  olderThanMs: number,
  limit: number,
): Promise<Pick<PurchaseRow, 'project' | 'id'>[]> {
  const { rows } = await session.query<Pick<PurchaseRow, 'project' | 'id'>>(
    `update purchase set touched_at = now() where id in (
       select id from purchase where settled_count < fact_count
         and touched_at < now() - $1::bigint * interval '1 millisecond'
       order by touched_at limit $2 for update skip locked)
     returning project_id as project, id`,
    [olderThanMs, limit],
  )
  return rows
}

/** Whether it is told for the first time that it is stuck. */
export async function markStuck(
  session: Session,
  { project, id }: Pick<PurchaseRow, 'project' | 'id'>,
  at: number,
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update purchase set stuck_at = ${instant(3)}, version = version + 1
     where project_id = $1 and id = $2 and stuck_at is null and status in ('pending', 'failed', 'abandoned')`,
    [project, id, at],
  )
  return (rowCount ?? 0) > 0
}
