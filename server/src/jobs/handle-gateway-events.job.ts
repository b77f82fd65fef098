/**
 * Tries again the events of gateways that could not be handled when they came: the gateway was away, the
 * purchase was not there yet, or the process died in between.
 */
import { claimDueGatewayEvents } from '../database/gateway-events.sql.ts'
import type { OrderReport } from '../gateways/gateway.ts'
import type { Installation } from '../operations/installation.ts'
import {
  claimUntil,
  type KeptEvent,
  putOffGatewayEvent,
  tryGatewayEvent,
} from '../operations/receive-gateway-event.ts'
import type { Job } from './job.ts'

const EVENTS_AT_ONCE = 20

export const handleGatewayEvents: Job = {
  name: 'handle-gateway-events',
  everyMs: 15_000,
  async run(house, signal) {
    const now = house.realTime()
    const { pool } = house.database
    const due = await claimDueGatewayEvents<OrderReport>(pool, now, claimUntil(now), EVENTS_AT_ONCE)
    for (const event of due) {
      if (signal.aborted) return false
      await tryOne(house, event)
    }
    return due.length === EVENTS_AT_ONCE
  },
}

/** One that cannot even be tried (its gateway is not set up any more) is put off, and the next goes on. */
async function tryOne(house: Installation, event: KeptEvent): Promise<void> {
  try {
    await tryGatewayEvent(house, event)
  } catch (error) {
    await putOffGatewayEvent(house, event, error)
  }
}
