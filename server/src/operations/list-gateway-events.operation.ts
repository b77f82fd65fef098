/** What gateways told of the project's payments: above all what could not be handled yet. */
import { type GatewayEventFilter, listGatewayEventRows } from '../database/gateway-events.sql.ts'
import type { OrderReport } from '../gateways/gateway.ts'
import type { Ask } from './ask.ts'
import type { KeptEvent } from './receive-gateway-event.ts'

export function listGatewayEvents(
  ask: Ask,
  filter: Omit<GatewayEventFilter, 'project'>,
): Promise<KeptEvent[]> {
  return listGatewayEventRows<OrderReport>(ask.house.database.pool, { ...filter, project: ask.project.id })
}
