/** Which of the journal's events a project's commits tell: those that an enabled endpoint or its setting asks for. */
import type { Session } from '../database/transaction.ts'
import { setTold, toldFacts } from '../database/webhooks.sql.ts'
import { JOURNAL_EVENTS } from '../ledger/told.ts'
import { isWanted } from './event-types.ts'

/** After every change of an endpoint or of the setting, in the same transaction. */
export async function writeAskedFor(session: Session, project: number): Promise<void> {
  const { tellsJournal, filters } = await toldFacts(session, project)
  const isAsked = (type: string) => tellsJournal || filters.some((filter) => isWanted(filter, type))
  await setTold(session, project, JOURNAL_EVENTS.filter(isAsked))
}
