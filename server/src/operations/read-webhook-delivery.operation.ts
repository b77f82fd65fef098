/** One event's delivery to an endpoint: what is sent, and what was answered at each try. */
import { deliveryAt } from '../database/deliveries.sql.ts'
import type { Ask } from './ask.ts'
import { readWebhookEndpoint } from './read-webhook-endpoint.operation.ts'
import { Refused } from './refused.ts'
import { type DeliveryOfEvent, positionOfEvent, withEvents } from './webhook-delivery.ts'

export async function readWebhookDelivery(
  ask: Ask,
  endpointId: string,
  eventId: string,
): Promise<DeliveryOfEvent> {
  const { pool } = ask.house.database
  await readWebhookEndpoint(ask, endpointId)
  const delivery = await deliveryAt(pool, endpointId, await positionOfEvent(ask, pool, eventId))
  const [found] = delivery === null ? [] : await withEvents(ask, [delivery])
  if (found !== undefined) return found
  throw new Refused('webhook_delivery_not_found', `The event ${eventId} was not sent to ${endpointId}.`)
}
