/** Ends what is sent to an endpoint, and tells so. */
import { insertProjectEvent } from '../database/projects.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import { disableEndpointRow, type EndpointRow } from '../database/webhooks.sql.ts'
import { timeOfClock } from '../directory/projects.ts'
import { writeAskedFor } from '../events/asked-for.ts'
import type { Installation } from '../operations/installation.ts'

/** `gone`: it answered 410. `failing`: for days nothing was taken. `staff`: somebody said so. */
export type DisabledReason = 'gone' | 'failing' | 'staff'

type Which = Pick<EndpointRow, 'id' | 'projectId' | 'url' | 'accountId'>

export async function disableEndpoint(
  house: Installation,
  endpoint: Which,
  reason: DisabledReason,
): Promise<void> {
  await inTransaction(house.database.pool, (session) => disableWithin(house, session, endpoint, reason))
  await house.projects.reload(endpoint.projectId)
}

/** Told once, whoever disables it first. */
export async function disableWithin(
  house: Installation,
  session: Session,
  { id, projectId, url, accountId }: Which,
  reason: DisabledReason,
): Promise<void> {
  if (!(await disableEndpointRow(session, id, reason))) return
  const project = await house.projects.newest(session, projectId)
  const at = project === null ? house.realTime() : timeOfClock(project, house.realTime())
  const data = { endpointId: id, url, reason }
  await insertProjectEvent(session, projectId, { type: 'webhook_endpoint.disabled', at, accountId, data })
  await writeAskedFor(session, projectId)
}
