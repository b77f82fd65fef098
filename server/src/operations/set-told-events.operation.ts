/** Whether charges, holds and grants are events even where no webhook endpoint asks for them: to be read. */
import type { Session } from '../database/transaction.ts'
import { setTellsJournal } from '../database/webhooks.sql.ts'
import type { Ask } from './ask.ts'
import { askLedgerToTell } from './webhook-endpoint.ts'

export async function setToldEvents(ask: Ask, session: Session, journal: boolean): Promise<void> {
  await setTellsJournal(session, ask.project.id, journal)
  await askLedgerToTell(ask, session)
}
