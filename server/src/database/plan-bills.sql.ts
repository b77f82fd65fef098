import type { Instant } from '@scrip/core'
import { toMilliseconds } from './columns.ts'
import { instant } from './instant.ts'
import { ACCOUNT_TIME, type DueAsked } from './top-ups.sql.ts'
import type { Session } from './transaction.ts'

/** An account whose plan is billed, and what time it is for it. */
export interface DueBilling {
  readonly project: number
  readonly accountId: string
  readonly lane: number
  readonly pool: number
  readonly now: Instant
  readonly version: number
}

/** The account bought a plan: from now on its bills are looked at. */
export async function beginBilling(
  session: Session,
  project: number,
  accountId: string,
  at: Instant,
): Promise<void> {
  await session.query(
    `insert into plan_billing as b (project_id, account_id, next_at) values ($1, $2, ${instant(3)})
     on conflict (project_id, account_id) do update set next_at = least(b.next_at, excluded.next_at), version = b.version + 1`,
    [project, accountId, at],
  )
}

export async function projectsWithBilling(session: Session): Promise<number[]> {
  const { rows } = await session.query<{ project: number }>(
    'select distinct project_id as project from plan_billing order by project_id',
  )
  return rows.map(({ project }) => project)
}

/** Accounts to look at now: in time, or because another means of payment was saved since the last decline. */
export async function dueBillings(session: Session, asked: DueAsked): Promise<DueBilling[]> {
  const { rows } = await session.query(
    `select b.project_id as project, b.account_id as "accountId", a.lane, a.pool_id as pool, b.version,
       ${toMilliseconds(ACCOUNT_TIME)} as now
     from plan_billing b join account a on a.project_id = b.project_id and a.account_id = b.account_id
     where b.project_id = $1 and b.account_id > $4 and (b.next_at <= ${ACCOUNT_TIME} or exists (
       select from payment_method m where m.project_id = b.project_id and m.account_id = b.account_id
         and m.saved_at > b.declined_at))
     order by b.account_id limit $5`,
    [asked.project, asked.now, asked.realTime, asked.after, asked.limit],
  )
  return rows
}

/** Looked at again by then. False where it changed since it was decided on, and is to be decided again. */
export async function restBilling(
  session: Session,
  { project, accountId, version }: DueBilling,
  until: Instant,
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update plan_billing set next_at = ${instant(4)}, declined_at = null, version = version + 1
     where project_id = $1 and account_id = $2 and version = $3`,
    [project, accountId, version, until],
  )
  return rowCount === 1
}

export async function endBilling(
  session: Session,
  { project, accountId, version }: DueBilling,
): Promise<void> {
  await session.query('delete from plan_billing where project_id = $1 and account_id = $2 and version = $3', [
    project,
    accountId,
    version,
  ])
}

/** A bill was declined: looked at again at once for when it is asked for next, or for another means of payment. */
export async function noteBillDeclined(
  session: Session,
  { project, accountId }: Pick<BillRow, 'project' | 'accountId'>,
  at: Instant,
): Promise<void> {
  await session.query(
    `update plan_billing set next_at = ${instant(3)}, version = version + 1 where project_id = $1 and account_id = $2`,
    [project, accountId, at],
  )
}

/** The same, once it was looked at: it waits for another means of payment too. */
export async function waitForOther(
  session: Session,
  { project, accountId, version }: DueBilling,
  wait: { readonly until: Instant; readonly declinedAt: Instant },
): Promise<void> {
  await session.query(
    `update plan_billing set next_at = ${instant(4)}, declined_at = ${instant(5)}, version = version + 1
     where project_id = $1 and account_id = $2 and version = $3`,
    [project, accountId, version, wait.until, wait.declinedAt],
  )
}

export interface BillFields {
  readonly project: number
  /** The purchase's. */
  readonly id: string
  readonly accountId: string
  readonly lane: number
  readonly pool: number
  readonly subscription: number
  readonly period: number
  /** From 0. */
  readonly attempt: number
  readonly gateway: string
  /** null: paid by hand. */
  readonly methodId: string | null
  readonly at: Instant
}

export interface BillRow extends BillFields {
  readonly status: 'open' | 'paying' | 'paid' | 'declined'
  readonly tries: number
  readonly endedAt: Instant | null
}

const COLUMNS = `project_id as project, id, account_id as "accountId", lane, pool_id as pool, subscription, period, attempt,
  gateway, method_id as "methodId", at, status, tries, ended_at as "endedAt"`

/** In flight from now on, and this process's to look after; null where another process made it. */
export async function insertBill(session: Session, bill: BillFields, forMs: number): Promise<BillRow | null> {
  const { project, id, accountId, lane, pool, subscription, period, attempt, gateway, methodId, at } = bill
  const { rows } = await session.query(
    `insert into plan_bill (project_id, id, account_id, lane, pool_id, subscription, period, attempt, gateway, method_id, at,
       status, claimed_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${instant(11)}, 'open', now() + $12 * interval '1 millisecond')
     on conflict do nothing returning ${COLUMNS}`,
    [project, id, accountId, lane, pool, subscription, period, attempt, gateway, methodId, at, forMs],
  )
  return rows[0] ?? null
}

/** The attempts at one bill, in their order. */
export async function billsOfPeriod(
  session: Session,
  { lane, pool }: Pick<BillFields, 'lane' | 'pool'>,
  { subscription, period }: Pick<BillFields, 'subscription' | 'period'>,
): Promise<BillRow[]> {
  const { rows } = await session.query(
    `select ${COLUMNS} from plan_bill where lane = $1 and pool_id = $2 and subscription = $3 and period = $4
     order by attempt`,
    [lane, pool, subscription, period],
  )
  return rows
}

/** Bills that nobody works at, and those whose purchase is no longer being paid. */
export async function claimBills(session: Session, forMs: number, limit: number): Promise<BillRow[]> {
  const { rows } = await session.query(
    `update plan_bill set claimed_until = now() + $1 * interval '1 millisecond' where id in (
       select b.id from plan_bill b where b.status in ('open', 'paying') and (b.claimed_until <= now() or (
         b.status = 'paying' and exists (select from purchase p where p.project_id = b.project_id and p.id = b.id
           and p.status <> 'pending')))
       order by b.claimed_until limit $2 for update of b skip locked)
     returning ${COLUMNS}`,
    [forMs, limit],
  )
  return rows
}

export async function leaveBill(
  session: Session,
  id: string,
  left: { readonly status: 'open' | 'paying'; readonly afterMs: number; readonly tries: number },
): Promise<void> {
  await session.query(
    `update plan_bill set status = $2, claimed_until = now() + $3 * interval '1 millisecond', tries = $4
     where id = $1 and status in ('open', 'paying')`,
    [id, left.status, left.afterMs, left.tries],
  )
}

/** Once: false where it has ended already. */
export async function endBill(
  session: Session,
  id: string,
  ending: {
    readonly status: 'paid' | 'declined'
    readonly code: string | null
    readonly reason: string | null
    readonly at: Instant
  },
): Promise<boolean> {
  const { rowCount } = await session.query(
    `update plan_bill set status = $2, code = $3, reason = $4, ended_at = ${instant(5)}, claimed_until = null
     where id = $1 and status in ('open', 'paying')`,
    [id, ending.status, ending.code, ending.reason, ending.at],
  )
  return rowCount === 1
}
