/** One webhook endpoint, and how it has been doing. */
import { type EndpointRow, endpointById } from '../database/webhooks.sql.ts'
import type { Ask } from './ask.ts'
import { endpointNotFound } from './webhook-endpoint.ts'

export async function readWebhookEndpoint(ask: Ask, id: string): Promise<EndpointRow> {
  const endpoint = await endpointById(ask.house.database.pool, ask.project.id, id)
  if (endpoint === null) throw endpointNotFound(id)
  return endpoint
}
