import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export interface ProjectRow {
  readonly id: number
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly keyPrefix: string
  readonly catalogVersion: number
  readonly testClock: number | null
  readonly testClockStands: boolean
  /** Types of events that commits tell of the journal's own rows. */
  readonly told: readonly string[]
  readonly createdAt: number
}

const COLUMNS = `id, name, mode, key_prefix as "keyPrefix", catalog_version as "catalogVersion",
  test_clock as "testClock", test_clock_stands as "testClockStands", told, created_at as "createdAt"`

/** null where there is a project of that name and mode already. */
export async function insertProject(
  session: Session,
  project: Pick<ProjectRow, 'name' | 'mode' | 'keyPrefix' | 'createdAt'>,
): Promise<ProjectRow | null> {
  const { rows } = await session.query(
    `insert into project (name, mode, key_prefix, created_at) values ($1, $2, $3, ${instant(4)})
     on conflict (name, mode) do nothing returning ${COLUMNS}`,
    [project.name, project.mode, project.keyPrefix, project.createdAt],
  )
  return rows[0] ?? null
}

export async function projectById(session: Session, id: number): Promise<ProjectRow | null> {
  const { rows } = await session.query(`select ${COLUMNS} from project where id = $1`, [id])
  return rows[0] ?? null
}

export async function listProjectRows(session: Session): Promise<ProjectRow[]> {
  const { rows } = await session.query(`select ${COLUMNS} from project order by id limit 1000`)
  return rows
}

export async function setProjectClock(
  session: Session,
  project: number,
  at: number | null,
  stands: boolean,
): Promise<void> {
  await session.query(
    `update project set test_clock = ${instant(2)}, test_clock_stands = $3 where id = $1 and mode = 'test'`,
    [project, at, stands],
  )
}

export interface ProjectEvent {
  readonly type: string
  readonly at: number
  readonly accountId: string | null
  readonly data: Readonly<Record<string, unknown>>
}

export async function insertProjectEvent(
  session: Session,
  project: number,
  event: ProjectEvent,
): Promise<void> {
  await session.query(
    `insert into project_event (project_id, at, type, account_id, data) values ($1, ${instant(2)}, $3, $4, $5)`,
    [project, event.at, event.type, event.accountId, JSON.stringify(event.data)],
  )
}

/** The value of an installation's setting, made once and the same for every process that asks. */
export async function settingOrMade(session: Session, name: string, value: string): Promise<string> {
  const known = await settingOf(session, name)
  // Read first, so that a server starts on a disk that is full.
  if (known !== undefined) return known
  await session.query('insert into setting (name, value) values ($1, $2) on conflict (name) do nothing', [
    name,
    value,
  ])
  return (await settingOf(session, name))!
}

async function settingOf(session: Session, name: string): Promise<string | undefined> {
  const { rows } = await session.query<{ value: string }>('select value from setting where name = $1', [name])
  return rows[0]?.value
}

export async function hasAccounts(session: Session, project: number): Promise<boolean> {
  const { rows } = await session.query<{ found: boolean }>(
    'select exists (select 1 from account where project_id = $1) as found',
    [project],
  )
  return rows[0]!.found
}

export async function countProjects(session: Session): Promise<number> {
  const { rows } = await session.query<{ count: number }>('select count(*) as count from project')
  return rows[0]!.count
}
