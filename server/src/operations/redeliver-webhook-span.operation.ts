/** Sends an endpoint what happened in a span of time: what it did not take, or all of it. */
import type { Instant } from '@scrip/core'
import { redeliverSpan } from '../database/deliveries.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { EndpointRow } from '../database/webhooks.sql.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'
import { lockedEndpoint } from './webhook-endpoint.ts'

const EVENTS_MAX = 100_000

export async function redeliverWebhookSpan(
  ask: Ask,
  session: Session,
  id: string,
  span: { readonly from: Instant; readonly to: Instant; readonly all: boolean },
): Promise<number> {
  const endpoint = await lockedEndpoint(ask, session, id)
  refuseDisabled(endpoint)
  const count = await redeliverSpan(session, endpoint, { ...span, limit: EVENTS_MAX }, ask.house.realTime())
  if (count <= EVENTS_MAX) return count
  throw new Refused(
    'span_too_long',
    `That is more than ${EVENTS_MAX} events; ask for a shorter span.`,
    {},
    'to',
  )
}

export function refuseDisabled({ id, status }: Pick<EndpointRow, 'id' | 'status'>): void {
  if (status === 'enabled') return
  throw new Refused('webhook_endpoint_disabled', `The webhook endpoint ${id} is disabled; enable it first.`)
}
