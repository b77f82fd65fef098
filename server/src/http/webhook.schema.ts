/** Webhook endpoints and deliveries as they are answered. */
import { Type } from 'typebox'
import type { EndpointRow } from '../database/webhooks.sql.ts'
import { sayEventRow } from '../events/say-event.ts'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import type { DeliveryOfEvent } from '../operations/webhook-delivery.ts'
import { EventOut } from './event.schema.ts'
import { fields, InstantOut, nullable, oneOf } from './schema.ts'

const ENDPOINT_FIELDS = {
  id: Type.String(),
  url: Type.String(),
  description: nullable(Type.String()),
  types: Type.Array(Type.String(), { description: 'Types, or families as `credits.*`; none = every one.' }),
  accountId: nullable(Type.String()),
  status: oneOf(['enabled', 'disabled'] as const),
  disabledReason: nullable(
    Type.String({ description: 'An open list: `gone` (it answered 410), `failing` (for days), `staff`.' }),
  ),
  health: fields({
    failures: Type.Integer({ description: 'One after the other.' }),
    failingSince: nullable(InstantOut),
    heldBackUntil: nullable(InstantOut),
    trouble: nullable(Type.String({ description: 'Why it cannot be served at all.' })),
  }),
  previousSecretUntil: nullable(InstantOut),
  createdAt: InstantOut,
  updatedAt: InstantOut,
}

export const EndpointOut = fields(ENDPOINT_FIELDS)
export const EndpointShown = fields({
  ...ENDPOINT_FIELDS,
  secret: Type.String({ description: 'The signing secret, `whsec_…`: shown once.' }),
})

export function sayEndpoint(endpoint: EndpointRow) {
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    types: endpoint.types,
    accountId: endpoint.accountId,
    status: endpoint.status,
    disabledReason: endpoint.disabledReason,
    health: {
      failures: endpoint.failures,
      failingSince: sayInstantOrNull(endpoint.failingSince),
      heldBackUntil: sayInstantOrNull(endpoint.probeAt),
      trouble: endpoint.trouble,
    },
    previousSecretUntil: sayInstantOrNull(endpoint.previousUntil),
    createdAt: sayInstant(endpoint.createdAt),
    updatedAt: sayInstant(endpoint.updatedAt),
  }
}

const TryOut = fields({
  at: InstantOut,
  ms: Type.Integer(),
  status: nullable(Type.Integer({ description: 'What was answered; null where nothing was.' })),
  error: nullable(Type.String({ description: 'Why it was not taken; null where it was.' })),
  body: Type.String({ description: 'The beginning of the answer.' }),
})

const DELIVERY_FIELDS = {
  eventId: Type.String({ description: 'Also `webhook-id`.' }),
  type: Type.String(),
  timestamp: InstantOut,
  accountId: nullable(Type.String()),
  status: oneOf(['waiting', 'delivered', 'failed'] as const),
  nextTryAt: nullable(InstantOut),
  updatedAt: InstantOut,
  tries: Type.Array(TryOut, { description: 'The latest last; at most 20.' }),
}

export const DeliveryOut = fields(DELIVERY_FIELDS)
export const DeliveryWithEvent = fields({ ...DELIVERY_FIELDS, event: EventOut })

export function sayDelivery({ delivery, event }: DeliveryOfEvent, decimals: number) {
  const said = sayEventRow(event, decimals)
  return {
    eventId: said.id,
    type: said.type,
    timestamp: said.timestamp,
    accountId: said.accountId,
    status: delivery.status,
    nextTryAt: sayInstantOrNull(delivery.nextAt),
    updatedAt: sayInstant(delivery.updatedAt),
    tries: delivery.tries.map((one) => ({ ...one, at: sayInstant(one.at) })),
    event: said,
  }
}
