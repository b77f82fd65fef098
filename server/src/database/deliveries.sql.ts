/**
 * Deliveries to webhook endpoints. One process at a time delivers to an endpoint: its claim runs out
 * when it dies, and what it did not write down is tried again by the next. Claims are by the database's
 * clock; when a delivery is tried again is an instant that is given.
 */
import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'
import { ENDPOINT_COLUMNS, type EndpointHealth, type EndpointRow } from './webhooks.sql.ts'

/** One try, as the log keeps it. */
export interface Try {
  readonly at: Instant
  readonly ms: number
  /** What the receiver answered; null where no answer came. */
  readonly status: number | null
  /** Why it counts as none, in words; null where it was taken. */
  readonly error: string | null
  /** The beginning of what it answered. */
  readonly body: string
}

export interface DeliveryRow {
  readonly endpointId: string
  readonly position: number
  readonly status: 'waiting' | 'delivered' | 'failed'
  readonly tries: readonly Try[]
  readonly nextAt: Instant | null
  readonly updatedAt: Instant
}

/** Takes endpoints that have something to do and that nobody else has. */
export async function claimEndpoints(
  session: Session,
  claim: { readonly name: string; readonly leaseMs: number; readonly now: Instant; readonly limit: number },
): Promise<EndpointRow[]> {
  const { rows } = await session.query(
    `update webhook_endpoint set claim = $1, claimed_until = now() + $2::bigint * interval '1 millisecond'
     where id in (
       select e.id from webhook_endpoint e
       where e.status = 'enabled' and (e.claimed_until is null or e.claimed_until < now())
         and (e.probe_at is null or e.probe_at <= ${instant(3)})
         and (e.position < (select coalesce(max(position), 0) from event where project_id = e.project_id)
           or exists (select from webhook_delivery d where d.endpoint_id = e.id and d.next_at <= ${instant(3)}))
       order by e.claimed_until nulls first, e.id limit $4 for update skip locked)
     returning ${ENDPOINT_COLUMNS}`,
    [claim.name, claim.leaseMs, claim.now, claim.limit],
  )
  return rows
}

export async function releaseEndpoint(session: Session, id: string, claim: string): Promise<void> {
  await session.query(
    'update webhook_endpoint set claim = null, claimed_until = null where id = $1 and claim = $2',
    [id, claim],
  )
}

/** Leaves an endpoint alone that cannot be served, and keeps the reason with it. */
export async function holdBackEndpoint(
  session: Session,
  id: string,
  claim: string,
  until: Instant,
  trouble: string,
): Promise<void> {
  await session.query(
    `update webhook_endpoint set probe_at = ${instant(3)}, trouble = $4 where id = $1 and claim = $2`,
    [id, claim, until, trouble],
  )
}

/** The endpoint as it is now, where it is still ours: its secret, address and filter may be others than before. */
export async function claimedEndpoint(
  session: Session,
  id: string,
  claim: string,
): Promise<EndpointRow | null> {
  const { rows } = await session.query(
    `select ${ENDPOINT_COLUMNS} from webhook_endpoint where id = $1 and claim = $2`,
    [id, claim],
  )
  return rows[0] ?? null
}

/** What is to be tried: an event's place, and how often it was tried before. */
export interface Due {
  readonly position: number
  readonly tried: number
}

/** Deliveries whose time has come again, the longest due first. */
export async function dueAgain(session: Session, id: string, now: Instant, limit: number): Promise<Due[]> {
  const { rows } = await session.query<Due>(
    `select position, tried from webhook_delivery where endpoint_id = $1 and next_at <= ${instant(2)}
     order by next_at, position limit $3`,
    [id, now, limit],
  )
  return rows
}

/**
 * The next events after the endpoint's place that it wants, and up to where was looked. What is written
 * down of already (by a process that died before it moved the place) is not among them.
 */
export async function newEvents(
  session: Session,
  endpoint: Pick<EndpointRow, 'id' | 'projectId' | 'position' | 'types' | 'accountId'>,
  limit: number,
): Promise<{ readonly due: Due[]; readonly lookedTo: number }> {
  const { rows } = await session.query<{ position: number; wanted: boolean }>(
    `select e.position, (cardinality($3::text[]) = 0 or e.type = any ($3) or split_part(e.type, '.', 1) || '.*' = any ($3))
       and ($4::text is null or e.account_id = $4)
       and not exists (select from webhook_delivery d where d.endpoint_id = $6 and d.position = e.position) as wanted
     from event e where e.project_id = $1 and e.position > $2 order by e.position limit $5`,
    [endpoint.projectId, endpoint.position, endpoint.types, endpoint.accountId, limit, endpoint.id],
  )
  const due = rows.filter((row) => row.wanted).map(({ position }) => ({ position, tried: 0 }))
  return { due, lookedTo: rows.at(-1)?.position ?? endpoint.position }
}

/** What became of one try. */
export interface Tried extends Try {
  readonly position: number
  readonly result: 'delivered' | 'waiting' | 'failed'
  readonly nextAt: Instant | null
}

export interface Progress {
  readonly id: string
  readonly claim: string
  readonly leaseMs: number
  readonly position: number
  readonly health: EndpointHealth
  readonly tried: readonly Tried[]
}

const TRIES_KEPT = 20

/** Writes down what was tried, and stays at it. False where the endpoint is no longer ours: then nothing is written. */
export async function writeProgress(session: Session, progress: Progress): Promise<boolean> {
  const { tried, health } = progress
  const { rows } = await session.query<{ ours: number }>(
    `with ours as (
       update webhook_endpoint set position = greatest(position, $3::bigint), failures = $4, failing_since = ${instant(5)},
         probes = $6, probe_at = ${instant(7)}, trouble = null,
         claimed_until = now() + $8::bigint * interval '1 millisecond'
       where id = $1 and claim = $2 and status = 'enabled' returning id
     ), written as (
       insert into webhook_delivery (endpoint_id, position, status, tried, tries, next_at, updated_at)
       select ours.id, t.position, t.status, 1, jsonb_build_array(t.try::jsonb),
         case when t.next_at is not null then ${instantOf('t.next_at')} end, ${instantOf('t.at')}
       from ours, unnest($9::bigint[], $10::text[], $11::text[], $12::bigint[], $13::bigint[])
         as t(position, status, try, next_at, at)
       on conflict (endpoint_id, position) do update set status = excluded.status,
         tried = webhook_delivery.tried + 1, next_at = excluded.next_at, updated_at = excluded.updated_at,
         tries = case when jsonb_array_length(webhook_delivery.tries) < ${TRIES_KEPT} then webhook_delivery.tries
           else webhook_delivery.tries - 0 end || excluded.tries
     )
     select count(*) as ours from ours`,
    [
      progress.id,
      progress.claim,
      progress.position,
      health.failures,
      health.failingSince,
      health.probes,
      health.probeAt,
      progress.leaseMs,
      tried.map((one) => one.position),
      tried.map((one) => one.result),
      tried.map(({ at, ms, status, error, body }) => JSON.stringify({ at, ms, status, error, body })),
      tried.map((one) => one.nextAt),
      tried.map((one) => one.at),
    ],
  )
  return rows[0]!.ours === 1
}

function instantOf(milliseconds: string): string {
  return `to_timestamp(0) + ${milliseconds} * interval '1 millisecond'`
}

/** It answers again: what waited for that need not wait longer. */
export async function hurryDeliveries(session: Session, id: string, now: Instant): Promise<void> {
  await session.query(
    `update webhook_delivery set next_at = ${instant(2)} where endpoint_id = $1 and next_at > ${instant(2)}`,
    [id, now],
  )
}

/** Asks for one more delivery, with its tries counted anew. */
export async function redeliverOne(
  session: Session,
  id: string,
  position: number,
  now: Instant,
): Promise<void> {
  await session.query(
    `insert into webhook_delivery (endpoint_id, position, status, tried, tries, next_at, updated_at)
     values ($1, $2, 'waiting', 0, '[]', ${instant(3)}, ${instant(3)})
     on conflict (endpoint_id, position) do update set status = 'waiting', tried = 0, next_at = excluded.next_at`,
    [id, position, now],
  )
  await askAgainNow(session, id)
}

export interface Span {
  /** By when they happened: [from, to). */
  readonly from: Instant
  readonly to: Instant
  /** Those too that were delivered. */
  readonly all: boolean
  readonly limit: number
}

/** Asks for what the endpoint wants of a span, and says how many they are. Above `limit` nothing is done. */
export async function redeliverSpan(
  session: Session,
  endpoint: Pick<EndpointRow, 'id' | 'projectId' | 'position' | 'types' | 'accountId'>,
  { from, to, all, limit }: Span,
  now: Instant,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `with wanted as materialized (
       select e.position from event e
       left join webhook_delivery d on d.endpoint_id = $1 and d.position = e.position
       where e.project_id = $2 and e.position <= $3 and e.at >= ${instant(4)} and e.at < ${instant(5)}
         and (cardinality($6::text[]) = 0 or e.type = any ($6) or split_part(e.type, '.', 1) || '.*' = any ($6))
         and ($7::text is null or e.account_id = $7) and ($8 or d.status is null or d.status = 'failed')
       limit $9::int + 1
     ), asked as (
       insert into webhook_delivery (endpoint_id, position, status, tried, tries, next_at, updated_at)
       select $1, position, 'waiting', 0, '[]', ${instant(10)}, ${instant(10)} from wanted
       where (select count(*) from wanted) <= $9
       on conflict (endpoint_id, position) do update set status = 'waiting', tried = 0, next_at = excluded.next_at
     )
     select count(*) as count from wanted`,
    [
      endpoint.id,
      endpoint.projectId,
      endpoint.position,
      from,
      to,
      endpoint.types,
      endpoint.accountId,
      all,
      limit,
      now,
    ],
  )
  await askAgainNow(session, endpoint.id)
  return rows[0]!.count
}

/** Somebody says that it answers again: it is not waited for any longer. */
async function askAgainNow(session: Session, id: string): Promise<void> {
  await session.query(
    "update webhook_endpoint set probe_at = timestamptz 'epoch' where id = $1 and probe_at is not null",
    [id],
  )
}

const DELIVERY_COLUMNS = `endpoint_id as "endpointId", position, status, tries, next_at as "nextAt", updated_at as "updatedAt"`

/** The latest events first. */
export async function listDeliveryRows(
  session: Session,
  page: {
    readonly endpoint: string
    readonly status: DeliveryRow['status'] | null
    readonly after: number | null
    readonly ascending: boolean
    readonly limit: number
  },
): Promise<DeliveryRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${DELIVERY_COLUMNS} from webhook_delivery
     where endpoint_id = $1 and ($2::text is null or status = $2) and ($3::bigint is null or position ${sign} $3)
     order by position ${order} limit $4`,
    [page.endpoint, page.status, page.after, page.limit],
  )
  return rows
}

export async function deliveryAt(
  session: Session,
  endpoint: string,
  position: number,
): Promise<DeliveryRow | null> {
  const { rows } = await session.query(
    `select ${DELIVERY_COLUMNS} from webhook_delivery where endpoint_id = $1 and position = $2`,
    [endpoint, position],
  )
  return rows[0] ?? null
}

/** Forgets what was delivered before an instant, some at a time; what waits or failed stays. Answers how many. */
export async function forgetDelivered(session: Session, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await session.query(
    `delete from webhook_delivery where ctid = any (array(
       select ctid from webhook_delivery where status = 'delivered' and updated_at < ${instant(1)} limit $2))`,
    [before, limit],
  )
  return rowCount ?? 0
}
