/** What gateways are set up with, and what they told. Of their settings nothing is read here: they are sealed. */
import type { Instant } from '@scrip/core'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface GatewaySettingRow {
  readonly projectId: number
  readonly gateway: string
  readonly sealed: Buffer
  /** Each setting by name, with what may be seen of it. */
  readonly shown: Readonly<Record<string, string>>
  readonly updatedAt: Instant
}

const SETTING = `project_id as "projectId", gateway, sealed, shown, updated_at as "updatedAt"`

export async function putGatewaySetting(session: Session, row: GatewaySettingRow): Promise<void> {
  await session.query(
    `insert into gateway_setting (project_id, gateway, sealed, shown, updated_at)
     values ($1, $2, $3, $4, ${instant(5)})
     on conflict (project_id, gateway) do update
       set sealed = excluded.sealed, shown = excluded.shown, updated_at = excluded.updated_at`,
    [row.projectId, row.gateway, row.sealed, JSON.stringify(row.shown), row.updatedAt],
  )
}

/** Nothing where it was changed meanwhile: then it is sealed by the current key already. */
export async function resealGatewaySetting(
  session: Session,
  row: Pick<GatewaySettingRow, 'projectId' | 'gateway' | 'sealed'>,
  sealed: Buffer,
): Promise<void> {
  await session.query(
    'update gateway_setting set sealed = $4 where project_id = $1 and gateway = $2 and sealed = $3',
    [row.projectId, row.gateway, row.sealed, sealed],
  )
}

export async function gatewaySetting(
  session: Session,
  project: number,
  gateway: string,
): Promise<GatewaySettingRow | null> {
  const { rows } = await session.query(
    `select ${SETTING} from gateway_setting where project_id = $1 and gateway = $2`,
    [project, gateway],
  )
  return rows[0] ?? null
}

export async function gatewaySettingsOf(session: Session, project: number): Promise<GatewaySettingRow[]> {
  const { rows } = await session.query(
    `select ${SETTING} from gateway_setting where project_id = $1 order by gateway`,
    [project],
  )
  return rows
}

export async function everyGatewaySetting(session: Session): Promise<GatewaySettingRow[]> {
  const { rows } = await session.query(
    `select ${SETTING} from gateway_setting order by project_id, gateway limit 10000`,
  )
  return rows
}

/** The projects that are set up with a gateway: whose a webhook can be that names none. */
export async function projectsWithGateway(session: Session, gateway: string): Promise<number[]> {
  const { rows } = await session.query<{ id: number }>(
    'select project_id as id from gateway_setting where gateway = $1 order by project_id limit 100',
    [gateway],
  )
  return rows.map(({ id }) => id)
}
