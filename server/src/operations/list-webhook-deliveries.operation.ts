/** What was sent to an endpoint, is tried again, or was given up. */
import { listDeliveryRows } from '../database/deliveries.sql.ts'
import type { Ask } from './ask.ts'
import { readWebhookEndpoint } from './read-webhook-endpoint.operation.ts'
import { type DeliveryOfEvent, withEvents } from './webhook-delivery.ts'

type Page = Parameters<typeof listDeliveryRows>[1]

export async function listWebhookDeliveries(ask: Ask, page: Page): Promise<DeliveryOfEvent[]> {
  await readWebhookEndpoint(ask, page.endpoint)
  return withEvents(ask, await listDeliveryRows(ask.house.database.pool, page))
}
