/**
 * The projects, with their catalogs and test clocks, as this process knows them. What another process
 * changes is seen within a second; the ledger's own guard makes a catalog seen at once where it matters.
 */
import type { Instant } from '@scrip/core'
import { catalogRowsAfter } from '../database/catalogs.sql.ts'
import type { Database } from '../database/database.ts'
import { type ProjectRow, projectById } from '../database/projects.sql.ts'
import type { Session } from '../database/transaction.ts'
import { openProjectCatalogs, type ProjectCatalogs } from './project-catalogs.ts'

const FRESH_MS = 1000

export interface Project extends ProjectRow {
  readonly catalogs: ProjectCatalogs
}

const NOTHING: ReadonlySet<string> = new Set()

export interface Projects {
  /** The project, at most a second old; null where there is none. */
  find(id: number): Promise<Project | null>
  /** Reads it again: after a change in this process, or where the ledger says that ours is old. */
  reload(id: number): Promise<Project | null>
  /** The same through a transaction's own session. */
  newest(session: Session, id: number): Promise<Project | null>
  /** The journal events that it tells, as last read: what another process changed is seen at the next reading. */
  told(id: number): ReadonlySet<string>
}

interface Known {
  readonly project: Project
  readonly told: ReadonlySet<string>
  readonly readAt: number
}

export function openProjects(database: Database, realTime: () => Instant): Projects {
  const known = new Map<number, Known>()
  const reading = new Map<number, Promise<Project | null>>()

  const read = async (session: Session, id: number): Promise<Project | null> => {
    const readAt = realTime()
    const row = await projectById(session, id)
    if (row === null) return null
    const catalogs = known.get(id)?.project.catalogs ?? openProjectCatalogs()
    if (catalogs.latest < row.catalogVersion) {
      catalogs.add(await catalogRowsAfter(session, id, catalogs.latest))
    }
    const project = { ...row, catalogs }
    known.set(id, { project, told: new Set(row.told), readAt })
    return project
  }

  const reload = (id: number): Promise<Project | null> => {
    const next = (reading.get(id) ?? Promise.resolve()).then(
      () => read(database.pool, id),
      () => read(database.pool, id),
    )
    const tracked = next.finally(() => {
      if (reading.get(id) === tracked) reading.delete(id)
    })
    reading.set(id, tracked)
    return tracked
  }

  return {
    find(id) {
      const entry = known.get(id)
      const age = entry === undefined ? Number.POSITIVE_INFINITY : realTime() - entry.readAt
      if (entry !== undefined && age >= 0 && age < FRESH_MS) return Promise.resolve(entry.project)
      return reading.get(id) ?? reload(id)
    },
    reload,
    newest: read,
    told: (id) => known.get(id)?.told ?? NOTHING,
  }
}

/**
 * What time it is for a project: real time in a live one; in a test one where its clock stands, or,
 * once that was let go, real time as soon as it has caught up.
 */
export function timeOfClock(
  clock: { readonly testClock: Instant | null; readonly testClockStands: boolean },
  realTime: Instant,
): Instant {
  if (clock.testClock === null) return realTime
  return clock.testClockStands ? clock.testClock : Math.max(clock.testClock, realTime)
}
