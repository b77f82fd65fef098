/** The installation's projects, for the terminal at the machine. */
import { listProjectRows, type ProjectRow } from '../database/projects.sql.ts'
import type { Installation } from './installation.ts'

export function listProjects(house: Installation): Promise<ProjectRow[]> {
  return listProjectRows(house.database.pool)
}
