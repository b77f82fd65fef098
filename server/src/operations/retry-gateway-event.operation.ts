/** Tries an event now, and not when its turn comes: for staff who mended what was in its way. */
import { gatewayEventById } from '../database/gateway-events.sql.ts'
import type { OrderReport } from '../gateways/gateway.ts'
import type { Ask } from './ask.ts'
import { type KeptEvent, tryGatewayEvent } from './receive-gateway-event.ts'
import { Refused } from './refused.ts'

/** One that is handled stays as it is. */
export async function retryGatewayEvent(ask: Ask, id: string): Promise<KeptEvent> {
  const { house, project } = ask
  const event = await gatewayEventById<OrderReport>(house.database.pool, project.id, id)
  if (event === null) throw new Refused('gateway_event_not_found', `There is no event ${id} of a gateway.`)
  return event.status === 'handled' || ask.dryRun ? event : tryGatewayEvent(house, event)
}
