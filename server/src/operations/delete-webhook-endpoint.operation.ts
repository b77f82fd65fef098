/** Ends a webhook endpoint, with the log of what was sent to it. */
import type { Session } from '../database/transaction.ts'
import { deleteEndpointRow } from '../database/webhooks.sql.ts'
import type { Ask } from './ask.ts'
import { askLedgerToTell, endpointNotFound } from './webhook-endpoint.ts'

export async function deleteWebhookEndpoint(ask: Ask, session: Session, id: string): Promise<void> {
  if (!(await deleteEndpointRow(session, ask.project.id, id))) throw endpointNotFound(id)
  await askLedgerToTell(ask, session)
}
