/** Sends one event once more to an endpoint, whether it ever was or not. */
import { redeliverOne } from '../database/deliveries.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { refuseDisabled } from './redeliver-webhook-span.operation.ts'
import { positionOfEvent } from './webhook-delivery.ts'
import { lockedEndpoint } from './webhook-endpoint.ts'

export async function redeliverWebhook(
  ask: Ask,
  session: Session,
  endpointId: string,
  eventId: string,
): Promise<void> {
  refuseDisabled(await lockedEndpoint(ask, session, endpointId))
  const position = await positionOfEvent(ask, session, eventId)
  await redeliverOne(session, endpointId, position, ask.house.realTime())
}
