/** The project's keys, or one account's, by their public part; never the keys themselves. */
import { type KeyFilter, type KeyRecord, listKeyRows } from '../database/keys.sql.ts'
import type { Ask } from './ask.ts'

export function listKeys(ask: Ask, filter: Omit<KeyFilter, 'project'>): Promise<KeyRecord[]> {
  return listKeyRows(ask.house.database.pool, { ...filter, project: ask.project.id })
}
