/**
 * A new account's credits are in the books from the first look at its pool on. What is told of it before
 * says the same as afterwards: what that look would find.
 */
import type { EventRow } from '../database/events.sql.ts'
import type { Project } from '../directory/projects.ts'
import type { Installation } from '../operations/installation.ts'

export async function withFirstDay(
  house: Installation,
  project: Project,
  rows: readonly EventRow[],
): Promise<readonly EventRow[]> {
  if (rows.every((row) => row.balanceAfter !== null || row.accountId === null)) return rows
  return Promise.all(rows.map((row) => (row.balanceAfter === null ? figured(house, project, row) : row)))
}

async function figured(house: Installation, project: Project, row: EventRow): Promise<EventRow> {
  const place = row.accountId === null ? null : await house.accounts.place(project, row.accountId)
  const state = place === null ? null : await house.ledger.read(place, row.at)
  if (state === null) return row
  const { available, held } = state.totals
  return { ...row, balanceAfter: available + held, heldAfter: held }
}
