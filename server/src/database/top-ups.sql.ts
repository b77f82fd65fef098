import type { Instant } from '@scrip/core'
import { toMilliseconds } from './columns.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface TopUpFields {
  readonly project: number
  readonly accountId: string
  readonly threshold: number
  readonly amount: number
  /** In minor units of the currency. */
  readonly monthlyCap: number
  readonly currency: string
  readonly gateway: string
  readonly methodId: string
}

export interface TopUpRow extends TopUpFields {
  /** Of this means of payment, one after the other. */
  readonly declines: number
  readonly declinedAt: Instant | null
  /** Until when it is left alone. */
  readonly restsUntil: Instant | null
  /** What was decided on another one is not written. */
  readonly version: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

const COLUMNS = `t.project_id as project, t.account_id as "accountId", t.threshold, t.amount, t.monthly_cap as "monthlyCap",
  t.currency, t.gateway, t.method_id as "methodId", t.declines, t.declined_at as "declinedAt",
  t.rests_until as "restsUntil", t.version, t.created_at as "createdAt", t.updated_at as "updatedAt"`

export async function topUpOf(
  session: Session,
  project: number,
  accountId: string,
): Promise<TopUpRow | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from top_up t where t.project_id = $1 and t.account_id = $2`,
    [project, accountId],
  )
  return rows[0] ?? null
}

/** Made or replaced. Another means of payment begins without declines. */
export async function putTopUpRow(session: Session, fields: TopUpFields, at: Instant): Promise<TopUpRow> {
  const isSame = 't.gateway = excluded.gateway and t.method_id = excluded.method_id'
  const { rows } = await session.query(
    `insert into top_up as t (project_id, account_id, threshold, amount, monthly_cap, currency, gateway, method_id, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, ${instant(9)}, ${instant(9)})
     on conflict (project_id, account_id) do update set threshold = excluded.threshold, amount = excluded.amount,
       monthly_cap = excluded.monthly_cap, currency = excluded.currency, gateway = excluded.gateway,
       method_id = excluded.method_id, declines = case when ${isSame} then t.declines else 0 end,
       declined_at = case when ${isSame} then t.declined_at end,
       rests_until = case when ${isSame} and t.declines > 0 then t.rests_until end,
       version = t.version + 1, updated_at = excluded.updated_at
     returning ${COLUMNS}`,
    [
      fields.project,
      fields.accountId,
      fields.threshold,
      fields.amount,
      fields.monthlyCap,
      fields.currency,
      fields.gateway,
      fields.methodId,
      at,
    ],
  )
  return rows[0]!
}

export async function deleteTopUp(session: Session, project: number, accountId: string): Promise<boolean> {
  const { rowCount } = await session.query('delete from top_up where project_id = $1 and account_id = $2', [
    project,
    accountId,
  ])
  return rowCount === 1
}

/** The same as it was decided on, kept from changing until the transaction ends; false where it changed. */
export async function lockTopUp(
  session: Session,
  { project, accountId, version }: TopUpRow,
): Promise<boolean> {
  const { rowCount } = await session.query(
    'select 1 from top_up where project_id = $1 and account_id = $2 and version = $3 for update',
    [project, accountId, version],
  )
  return rowCount === 1
}

/**
 * The same, and from now on another version: whoever decided on the balance before this attempt decides
 * again, even where the attempt has ended meanwhile.
 */
export async function takeTopUp(
  session: Session,
  { project, accountId, version }: TopUpRow,
): Promise<boolean> {
  const { rowCount } = await session.query(
    'update top_up set version = version + 1 where project_id = $1 and account_id = $2 and version = $3',
    [project, accountId, version],
  )
  return rowCount === 1
}

/** Declines of another means of payment than it has now are not counted. */
export async function countDecline(
  session: Session,
  asked: Pick<TopUpFields, 'project' | 'accountId' | 'gateway' | 'methodId'>,
  at: Instant,
  restsUntil: (declines: number) => Instant,
): Promise<void> {
  const { rows } = await session.query<{ declines: number }>(
    `update top_up set declines = declines + 1, declined_at = ${instant(5)}, version = version + 1
     where project_id = $1 and account_id = $2 and gateway = $3 and method_id = $4 returning declines`,
    [asked.project, asked.accountId, asked.gateway, asked.methodId, at],
  )
  const declines = rows[0]?.declines
  if (declines === undefined) return
  await session.query(
    `update top_up set rests_until = ${instant(3)} where project_id = $1 and account_id = $2`,
    [asked.project, asked.accountId, restsUntil(declines)],
  )
}

/** Looked at again by then, or as soon as it is changed. */
export async function restTopUp(
  session: Session,
  { project, accountId, version }: TopUpRow,
  until: Instant,
): Promise<void> {
  await session.query(
    `update top_up set rests_until = ${instant(4)} where project_id = $1 and account_id = $2 and version = $3`,
    [project, accountId, version, until],
  )
}

/** A payment of the account succeeded: its means of payment may be asked again. */
export async function forgetDeclines(session: Session, project: number, accountId: string): Promise<void> {
  await session.query(
    `update top_up set declines = 0, declined_at = null, rests_until = null, version = version + 1
     where project_id = $1 and account_id = $2 and declines > 0`,
    [project, accountId],
  )
}

/** Projects that have any. */
export async function projectsWithTopUps(session: Session): Promise<number[]> {
  const { rows } = await session.query<{ project: number }>(
    'select distinct project_id as project from top_up order by project_id',
  )
  return rows.map(({ project }) => project)
}

export interface DueTopUp extends TopUpRow {
  readonly lane: number
  readonly pool: number
  readonly timeZone: string
  /** What time it is for the account. */
  readonly now: Instant
}

/** An account of a test project may have a clock of its own, ahead of the project's. */
export const ACCOUNT_TIME = `greatest(${instant(2)}, case when a.test_clock is null or a.test_clock_stands
  then a.test_clock else greatest(a.test_clock, ${instant(3)}) end)`

export interface DueAsked {
  readonly project: number
  readonly now: Instant
  readonly realTime: Instant
  /** The account after which the list goes on; '' from the first. */
  readonly after: string
  readonly limit: number
}

/** Accounts that own a pool at or below its threshold, with nothing in flight for it. */
export async function dueTopUps(session: Session, asked: DueAsked): Promise<DueTopUp[]> {
  const { rows } = await session.query(
    `select ${COLUMNS}, a.lane, a.pool_id as pool, a.time_zone as "timeZone", ${toMilliseconds(ACCOUNT_TIME)} as now
     from top_up t join account a on a.project_id = t.project_id and a.account_id = t.account_id
     join pool p on p.lane = a.lane and p.pool_id = a.pool_id and p.owner_id = t.account_id
     where t.project_id = $1 and t.account_id > $4 and p.available + p.held <= t.threshold
       and (t.rests_until is null or t.rests_until <= ${ACCOUNT_TIME} or exists (
         select 1 from purchase s where s.project_id = t.project_id and s.account_id = t.account_id
           and s.gateway <> 'manual' and s.paid_at > t.declined_at))
       and not exists (select 1 from top_up_attempt f where f.lane = a.lane and f.pool_id = a.pool_id
         and f.status in ('open', 'paying'))
     order by t.account_id limit $5`,
    [asked.project, asked.now, asked.realTime, asked.after, asked.limit],
  )
  return rows
}

/** What is decided on beside the balance. */
export interface MoneyFacts {
  /** Credits of the account's purchases whose payment is on its way. */
  readonly pending: number
  /** Minor units of this month's automatic top-ups that were paid, or are being paid. */
  readonly spent: number
  /** When a payment of the account succeeded last. */
  readonly paidAt: Instant | null
}

export async function moneyFacts(
  session: Session,
  {
    project,
    accountId,
    lane,
    pool,
    currency,
  }: Pick<DueTopUp, 'project' | 'accountId' | 'lane' | 'pool' | 'currency'>,
  monthStart: Instant,
): Promise<MoneyFacts> {
  const { rows } = await session.query<MoneyFacts>(
    `select
       (select coalesce(sum(p.credits), 0)::bigint from purchase p
        join account a on a.project_id = p.project_id and a.account_id = p.account_id
        where p.project_id = $1 and p.status = 'pending' and a.lane = $3 and a.pool_id = $4
          and exists (select 1 from purchase_fact f where f.purchase_id = p.id and f.kind in ('pending', 'paid')
            and f.payment_id <> '')) as pending,
       (select coalesce(sum(total), 0)::bigint from top_up_attempt
        where project_id = $1 and account_id = $2 and at >= ${instant(5)} and currency = $6
          and status in ('open', 'paying', 'paid')) as spent,
       (select max(paid_at) from purchase where project_id = $1 and account_id = $2 and gateway <> 'manual'
          and paid_at is not null) as "paidAt"`,
    [project, accountId, lane, pool, monthStart, currency],
  )
  return rows[0]!
}

export interface AttemptFields {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly lane: number
  readonly pool: number
  readonly at: Instant
  readonly credits: number
  /** null where it could not be priced. */
  readonly total: number | null
  readonly currency: string
  readonly gateway: string
  readonly methodId: string
  /** What the pool had when it was decided. */
  readonly balance: number
}

export interface AttemptRow extends AttemptFields {
  readonly status: 'open' | 'paying' | 'paid' | 'declined' | 'refused'
  readonly code: string | null
  readonly reason: string | null
  readonly tries: number
}

const ATTEMPT_COLUMNS = `project_id as project, id, account_id as "accountId", lane, pool_id as pool, at, credits, total, currency,
  gateway, method_id as "methodId", balance, status, code, reason, tries`

/** In flight from now on, and this process's to ask for; null where another is in flight for the pool. */
export async function insertAttempt(
  session: Session,
  fields: AttemptFields,
  forMs: number,
): Promise<AttemptRow | null> {
  const { rows } = await session.query(
    `insert into top_up_attempt (project_id, id, account_id, lane, pool_id, at, credits, total, currency, gateway, method_id, balance,
       status, claimed_until)
     values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8, $9, $10, $11, $12, 'open', now() + $13 * interval '1 millisecond')
     on conflict (lane, pool_id) where status in ('open', 'paying') do nothing returning ${ATTEMPT_COLUMNS}`,
    [...valuesOf(fields), forMs],
  )
  return rows[0] ?? null
}

/** A top-up that was due and is not made; false where the same was said before. */
export async function insertRefusal(
  session: Session,
  fields: AttemptFields,
  refusal: { readonly code: string; readonly reason: string; readonly cause: string },
): Promise<boolean> {
  const { rowCount } = await session.query(
    `insert into top_up_attempt (project_id, id, account_id, lane, pool_id, at, credits, total, currency, gateway, method_id, balance,
       status, code, reason, cause, ended_at)
     values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8, $9, $10, $11, $12, 'refused', $13, $14, $15, ${instant(6)})
     on conflict (project_id, account_id, cause) where cause is not null do nothing`,
    [...valuesOf(fields), refusal.code, refusal.reason, refusal.cause],
  )
  return rowCount === 1
}

function valuesOf(fields: AttemptFields): unknown[] {
  const { project, id, accountId, lane, pool, at, credits, total, currency, gateway, methodId, balance } =
    fields
  return [project, id, accountId, lane, pool, at, credits, total, currency, gateway, methodId, balance]
}

/** Attempts that nobody works at: left by a process that died, not answered by the gateway, or being paid. */
export async function claimAttempts(session: Session, forMs: number, limit: number): Promise<AttemptRow[]> {
  const { rows } = await session.query(
    `update top_up_attempt set claimed_until = now() + $1 * interval '1 millisecond' where id in (
       select id from top_up_attempt where status in ('open', 'paying') and claimed_until <= now()
       order by claimed_until limit $2 for update skip locked)
     returning ${ATTEMPT_COLUMNS}`,
    [forMs, limit],
  )
  return rows
}

export async function leaveAttempt(
  session: Session,
  id: string,
  left: {
    readonly status: 'open' | 'paying'
    readonly afterMs: number
    readonly tries: number
    readonly reason: string | null
  },
): Promise<void> {
  await session.query(
    `update top_up_attempt set status = $2, claimed_until = now() + $3 * interval '1 millisecond', tries = $4, reason = $5
     where id = $1 and status in ('open', 'paying')`,
    [id, left.status, left.afterMs, left.tries, left.reason],
  )
}

/** Once: false where it has ended already. */
export async function endAttempt(
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
    `update top_up_attempt set status = $2, code = $3, reason = $4, ended_at = ${instant(5)}, claimed_until = null
     where id = $1 and status in ('open', 'paying')`,
    [id, ending.status, ending.code, ending.reason, ending.at],
  )
  return rowCount === 1
}

/** The newest first. */
export async function listAttempts(
  session: Session,
  project: number,
  accountId: string,
  limit: number,
): Promise<AttemptRow[]> {
  const { rows } = await session.query(
    `select ${ATTEMPT_COLUMNS} from top_up_attempt where project_id = $1 and account_id = $2
     order by at desc, id desc limit $3`,
    [project, accountId, limit],
  )
  return rows
}

export interface PaymentMethodRow {
  readonly gateway: string
  readonly id: string
  readonly label: string
  readonly savedAt: Instant
}

/** Means of payment that gateways keep for the account, the newest first. */
export async function paymentMethodsOf(
  session: Session,
  project: number,
  accountId: string,
): Promise<PaymentMethodRow[]> {
  const { rows } = await session.query(
    `select gateway, method_id as id, label, saved_at as "savedAt" from payment_method
     where project_id = $1 and account_id = $2 order by saved_at desc, method_id limit 100`,
    [project, accountId],
  )
  return rows
}
