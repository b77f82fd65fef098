/** Changes what is named of a webhook endpoint; disables it, or enables it again from now on. */
import type { Session } from '../database/transaction.ts'
import { type EndpointRow, enableEndpointRow, updateEndpointRow } from '../database/webhooks.sql.ts'
import { disableWithin } from '../webhooks/disable.ts'
import type { Ask } from './ask.ts'
import { askLedgerToTell, checkEndpoint, type EndpointRequest, lockedEndpoint } from './webhook-endpoint.ts'

export async function updateWebhookEndpoint(
  ask: Ask,
  session: Session,
  id: string,
  change: Partial<EndpointRequest> & { readonly status?: 'enabled' | 'disabled' },
): Promise<EndpointRow> {
  const before = await lockedEndpoint(ask, session, id)
  const { status = before.status, ...asked } = change
  const request = { ...before, ...asked }
  await checkEndpoint(ask, session, request)
  await updateEndpointRow(session, id, { ...request, updatedAt: ask.house.realTime() })
  if (status === 'enabled') await enableEndpointRow(session, id)
  else await disableWithin(ask.house, session, request, 'staff')
  await askLedgerToTell(ask, session)
  return lockedEndpoint(ask, session, id)
}
