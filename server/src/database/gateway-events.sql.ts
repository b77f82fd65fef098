/** Verified events of gateways: each kept once, in sight until it is handled. */
import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export type GatewayEventStatus = 'received' | 'handled' | 'failed'

export interface GatewayEventRow<Report = unknown> {
  readonly projectId: number
  readonly gateway: string
  /** The gateway's own id of it. */
  readonly eventId: string
  readonly id: string
  readonly type: string
  readonly at: Instant
  readonly report: Report | null
  readonly asks: string | null
  readonly status: GatewayEventStatus
  readonly reason: string | null
  readonly attempts: number
  readonly receivedAt: Instant
  readonly handledAt: Instant | null
}

export type NewGatewayEvent<Report = unknown> = Omit<
  GatewayEventRow<Report>,
  'status' | 'reason' | 'attempts' | 'handledAt'
>

const COLUMNS = `project_id as "projectId", gateway, event_id as "eventId", id, type, at, report, asks, status, reason,
  attempts, received_at as "receivedAt", handled_at as "handledAt"`

/** The row of the event: the new one, or, where it came before, the one that is there. */
export async function keepGatewayEvent<Report>(
  session: Session,
  event: NewGatewayEvent<Report>,
  dueAt: Instant,
): Promise<GatewayEventRow<Report>> {
  await session.query(
    `insert into gateway_event (project_id, gateway, event_id, id, type, at, report, asks, due_at, received_at)
     values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8, ${instant(9)}, ${instant(10)})
     on conflict (project_id, gateway, event_id) do nothing`,
    [
      event.projectId,
      event.gateway,
      event.eventId,
      event.id,
      event.type,
      event.at,
      event.report === null ? null : JSON.stringify(event.report),
      event.asks,
      dueAt,
      event.receivedAt,
    ],
  )
  const { rows } = await session.query(
    `select ${COLUMNS} from gateway_event where project_id = $1 and gateway = $2 and event_id = $3`,
    [event.projectId, event.gateway, event.eventId],
  )
  return rows[0]!
}

export async function markGatewayEventHandled(session: Session, id: string, at: Instant): Promise<void> {
  await session.query(
    `update gateway_event set status = 'handled', reason = null, due_at = null, attempts = attempts + 1,
       handled_at = ${instant(2)}
     where id = $1 and status <> 'handled'`,
    [id, at],
  )
}

export async function markGatewayEventFailed(
  session: Session,
  id: string,
  reason: string,
  dueAt: Instant,
): Promise<void> {
  await session.query(
    `update gateway_event set status = 'failed', reason = $2, attempts = attempts + 1, due_at = ${instant(3)}
     where id = $1 and status <> 'handled'`,
    [id, reason, dueAt],
  )
}

/**
 * Claims what is due: it is put off in the statement that reads it, so that two processes take different
 * ones, and what a process left behind when it died comes again.
 */
export async function claimDueGatewayEvents<Report>(
  session: Session,
  now: Instant,
  nextAt: Instant,
  limit: number,
): Promise<GatewayEventRow<Report>[]> {
  const { rows } = await session.query(
    `update gateway_event set due_at = ${instant(2)}
     where id in (
       select id from gateway_event where due_at <= ${instant(1)} order by due_at limit $3 for update skip locked
     )
     returning ${COLUMNS}`,
    [now, nextAt, limit],
  )
  return rows
}

export async function gatewayEventById<Report>(
  session: Session,
  project: number,
  id: string,
): Promise<GatewayEventRow<Report> | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from gateway_event where project_id = $1 and id = $2`,
    [project, id],
  )
  return rows[0] ?? null
}

export interface GatewayEventFilter {
  readonly project: number
  readonly status: GatewayEventStatus | null
  readonly gateway: string | null
  readonly after: { readonly receivedAt: Instant; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listGatewayEventRows<Report>(
  session: Session,
  filter: GatewayEventFilter,
): Promise<GatewayEventRow<Report>[]> {
  const [sign, order] = filter.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from gateway_event
     where project_id = $1 and ($2::text is null or status = $2) and ($3::text is null or gateway = $3)
       and ($4::bigint is null or (received_at, id) ${sign} (${instant(4)}, $5::text))
     order by received_at ${order}, id ${order} limit $6`,
    [
      filter.project,
      filter.status,
      filter.gateway,
      filter.after?.receivedAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
  return rows
}
