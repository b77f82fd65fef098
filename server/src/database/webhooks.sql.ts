/** Webhook endpoints: where a project's events are sent, and how each has been doing. */
import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

/** How it has been doing. Too many failures one after the other, and it is asked now and then until it answers. */
export interface EndpointHealth {
  /** One after the other. */
  readonly failures: number
  readonly failingSince: Instant | null
  /** How often it was asked since there were too many; when it is asked next. null = nothing is held back. */
  readonly probes: number
  readonly probeAt: Instant | null
}

export interface EndpointRow extends EndpointHealth {
  readonly id: string
  readonly projectId: number
  readonly url: string
  readonly description: string | null
  /** Types or families (`credits.*`); empty = every one. */
  readonly types: readonly string[]
  /** Only what is told of this account; null = of all. */
  readonly accountId: string | null
  readonly status: 'enabled' | 'disabled'
  readonly disabledReason: string | null
  readonly secret: Buffer
  readonly previousSecret: Buffer | null
  readonly previousUntil: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** Everything up to here was tried, or is no concern of it. */
  readonly position: number
  /** Why it could not be served at all when it last was to be; null where it could. */
  readonly trouble: string | null
}

export const ENDPOINT_COLUMNS = `id, project_id as "projectId", url, description, types, account_id as "accountId", status,
  disabled_reason as "disabledReason", secret, previous_secret as "previousSecret", previous_until as "previousUntil",
  created_at as "createdAt", updated_at as "updatedAt", position, failures, failing_since as "failingSince", probes,
  probe_at as "probeAt", trouble`

export type NewEndpoint = Pick<
  EndpointRow,
  'id' | 'projectId' | 'url' | 'description' | 'types' | 'accountId' | 'secret' | 'createdAt'
>

/** It hears of what happens from now on. */
export async function insertEndpoint(session: Session, endpoint: NewEndpoint): Promise<EndpointRow> {
  const { rows } = await session.query(
    `insert into webhook_endpoint (id, project_id, url, description, types, account_id, secret, created_at, updated_at, position)
     values ($1, $2, $3, $4, $5, $6, $7, ${instant(8)}, ${instant(8)}, (select last from event_position))
     returning ${ENDPOINT_COLUMNS}`,
    [
      endpoint.id,
      endpoint.projectId,
      endpoint.url,
      endpoint.description,
      endpoint.types,
      endpoint.accountId,
      endpoint.secret,
      endpoint.createdAt,
    ],
  )
  return rows[0]
}

export async function endpointById(
  session: Session,
  project: number,
  id: string,
): Promise<EndpointRow | null> {
  const { rows } = await session.query(
    `select ${ENDPOINT_COLUMNS} from webhook_endpoint where project_id = $1 and id = $2`,
    [project, id],
  )
  return rows[0] ?? null
}

export async function lockEndpoint(
  session: Session,
  project: number,
  id: string,
): Promise<EndpointRow | null> {
  const { rows } = await session.query(
    `select ${ENDPOINT_COLUMNS} from webhook_endpoint where project_id = $1 and id = $2 for no key update`,
    [project, id],
  )
  return rows[0] ?? null
}

export async function listEndpointRows(
  session: Session,
  page: {
    readonly project: number
    readonly after: { readonly createdAt: Instant; readonly id: string } | null
    readonly ascending: boolean
    readonly limit: number
  },
): Promise<EndpointRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${ENDPOINT_COLUMNS} from webhook_endpoint
     where project_id = $1 and ($2::bigint is null or (created_at, id) ${sign} (${instant(2)}, $3::text))
     order by created_at ${order}, id ${order} limit $4`,
    [page.project, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
  )
  return rows
}

export async function countEndpoints(session: Session, project: number): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    'select count(*) as count from webhook_endpoint where project_id = $1',
    [project],
  )
  return rows[0]!.count
}

export type EndpointChange = Pick<EndpointRow, 'url' | 'description' | 'types' | 'accountId' | 'updatedAt'>

export async function updateEndpointRow(session: Session, id: string, change: EndpointChange): Promise<void> {
  await session.query(
    `update webhook_endpoint set url = $2, description = $3, types = $4, account_id = $5, updated_at = ${instant(6)}
     where id = $1`,
    [id, change.url, change.description, change.types, change.accountId, change.updatedAt],
  )
}

/** From now on again: what happened meanwhile is brought by a redelivery. A claim that is held does no more. */
export async function enableEndpointRow(session: Session, id: string): Promise<void> {
  await session.query(
    `update webhook_endpoint set status = 'enabled', disabled_reason = null, failures = 0, failing_since = null,
       probes = 0, probe_at = null, claim = null, claimed_until = null, position = (select last from event_position)
     where id = $1 and status = 'disabled'`,
    [id],
  )
}

/** False where it was disabled before. */
export async function disableEndpointRow(session: Session, id: string, reason: string): Promise<boolean> {
  const { rowCount } = await session.query(
    `update webhook_endpoint set status = 'disabled', disabled_reason = $2, claim = null, claimed_until = null
     where id = $1 and status = 'enabled'`,
    [id, reason],
  )
  return rowCount === 1
}

export async function deleteEndpointRow(session: Session, project: number, id: string): Promise<boolean> {
  const { rowCount } = await session.query('delete from webhook_endpoint where project_id = $1 and id = $2', [
    project,
    id,
  ])
  return rowCount === 1
}

export async function setEndpointSecrets(
  session: Session,
  id: string,
  secrets: Pick<EndpointRow, 'secret' | 'previousSecret' | 'previousUntil' | 'updatedAt'>,
): Promise<void> {
  await session.query(
    `update webhook_endpoint set secret = $2, previous_secret = $3, previous_until = ${instant(4)}, updated_at = ${instant(5)}
     where id = $1`,
    [id, secrets.secret, secrets.previousSecret, secrets.previousUntil, secrets.updatedAt],
  )
}

/** What the project asks to be told: locked, so that of two changes at once the later sees the earlier. */
export async function toldFacts(
  session: Session,
  project: number,
): Promise<{ readonly tellsJournal: boolean; readonly filters: readonly (readonly string[])[] }> {
  const { rows } = await session.query<{ tells: boolean }>(
    'select tells_journal as tells from project where id = $1 for no key update',
    [project],
  )
  const found = await session.query<{ types: string[] }>(
    "select types from webhook_endpoint where project_id = $1 and status = 'enabled'",
    [project],
  )
  return { tellsJournal: rows[0]?.tells === true, filters: found.rows.map((row) => row.types) }
}

export async function setTold(session: Session, project: number, told: readonly string[]): Promise<void> {
  await session.query('update project set told = $2 where id = $1', [project, told])
}

export async function setTellsJournal(session: Session, project: number, tells: boolean): Promise<void> {
  await session.query('update project set tells_journal = $2 where id = $1', [project, tells])
}
