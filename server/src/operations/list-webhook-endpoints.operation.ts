/** A project's webhook endpoints. */
import { type EndpointRow, listEndpointRows } from '../database/webhooks.sql.ts'
import type { Ask } from './ask.ts'

type Page = Omit<Parameters<typeof listEndpointRows>[1], 'project'>

export function listWebhookEndpoints(ask: Ask, page: Page): Promise<EndpointRow[]> {
  return listEndpointRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
