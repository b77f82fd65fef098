import { Type } from 'typebox'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { listGatewayEvents } from '../operations/list-gateway-events.operation.ts'
import { type GatewayShown, listGateways } from '../operations/list-gateways.operation.ts'
import { faultsOfSettings, putGateway } from '../operations/put-gateway.operation.ts'
import type { KeptEvent } from '../operations/receive-gateway-event.ts'
import { remembered, rememberedAfter } from '../operations/remembered.ts'
import { retryGatewayEvent } from '../operations/retry-gateway-event.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { Malformed } from './problems.ts'
import { answer, route } from './route.ts'
import {
  CatalogKey,
  fields,
  InstantOut,
  nullable,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'

const tag = 'Gateways'

const GatewayOut = fields({
  gateway: Type.String(),
  isSetUp: Type.Boolean(),
  settings: Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'By name, the last four characters of each.',
  }),
  webhookUrl: nullable(Type.String({ description: 'Where the gateway is to send its webhooks.' })),
  updatedAt: nullable(InstantOut),
})

function sayGateway({ updatedAt, ...shown }: GatewayShown) {
  return { ...shown, updatedAt: sayInstantOrNull(updatedAt) }
}

export const listGatewaysRoute = route({
  id: 'list-gateways',
  method: 'GET',
  path: '/gateways',
  tag,
  summary: 'Payment gateways, and with which of them the project is set up',
  answers: { 200: fields({ data: Type.Array(GatewayOut) }) },
  run: async (ask) => answer(200, { data: (await listGateways(ask)).map(sayGateway) }),
})

export const putGatewayRoute = route({
  id: 'put-gateway',
  method: 'PUT',
  path: '/gateways/{gateway}',
  tag,
  summary: 'Set the project up with a gateway; its secrets are sealed and never shown again',
  description:
    'stripe: `secretKey`, `webhookSecret`. razorpay: `keyId`, `keySecret`, `webhookSecret`. All of them at once.',
  params: fields({ gateway: CatalogKey }),
  body: Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: 10,
    description: 'The settings of the gateway, by name.',
  }),
  answers: { 200: GatewayOut },
  run: (ask, { params: { gateway }, body }) => {
    const faults = faultsOfSettings(ask, gateway, body)
    if (faults.length > 0) {
      throw new Malformed(faults.map((fault) => ({ ...fault, code: 'not_allowed', found: 'another value' })))
    }
    return remembered(ask, `put-gateway:${gateway}`, '', async (session) => ({
      status: 200,
      body: sayGateway(await putGateway(ask, session, gateway, body)),
    }))
  },
})

const EventOut = fields({
  id: Type.String(),
  gateway: Type.String(),
  eventId: Type.String({ description: "The gateway's own id of it." }),
  type: Type.String(),
  at: InstantOut,
  status: Type.String({ description: 'received, handled or failed.' }),
  reason: nullable(Type.String({ description: 'Why it could not be handled yet.' })),
  attempts: Type.Integer(),
  orderId: nullable(Type.String()),
  purchaseId: nullable(Type.String()),
  facts: Type.Array(Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }), {
    description: 'What it says of payments.',
  }),
  receivedAt: InstantOut,
  handledAt: nullable(InstantOut),
})

function sayEvent({ report, ...event }: KeptEvent) {
  const { id, gateway, eventId, type, status, reason, attempts, asks } = event
  return {
    ...{ id, gateway, eventId, type, status, reason, attempts },
    at: sayInstant(event.at),
    orderId: report?.orderId ?? asks,
    purchaseId: report?.purchaseId ?? null,
    facts: (report?.facts ?? []).map((fact) => ({ ...fact, at: sayInstant(fact.at) })),
    receivedAt: sayInstant(event.receivedAt),
    handledAt: sayInstantOrNull(event.handledAt),
  }
}

export const listGatewayEventsRoute = route({
  id: 'list-gateway-events',
  method: 'GET',
  path: '/gateway-events',
  tag,
  summary: 'What gateways told; failed is what could not be handled yet',
  query: fields({
    status: optional(oneOf(['received', 'handled', 'failed'] as const)),
    gateway: optional(CatalogKey),
    ...PageQuery,
  }),
  answers: { 200: page(EventOut) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-gateway-events', query)
    const rows = await listGatewayEvents(ask, {
      status: query.status ?? null,
      gateway: query.gateway ?? null,
      after: after === null ? null : { receivedAt: after[0] as number, id: after[1] as string },
      ascending,
      limit: limit + 1,
    })
    const placeOf = ({ receivedAt, id }: KeptEvent) => [receivedAt, id]
    const { data, nextCursor } = pageOf(ask, 'list-gateway-events', rows, limit, placeOf)
    return answer(200, { data: data.map(sayEvent), nextCursor })
  },
})

export const retryGatewayEventRoute = route({
  id: 'retry-gateway-event',
  method: 'POST',
  path: '/gateway-events/{gatewayEventId}/retry',
  tag,
  summary: 'Try an event of a gateway now; one that is handled stays as it is',
  params: fields({ gatewayEventId: ScripId }),
  answers: { 200: EventOut },
  run: (ask, { params: { gatewayEventId } }) =>
    rememberedAfter(ask, `retry-gateway-event:${gatewayEventId}`, '', async () => {
      const event = await retryGatewayEvent(ask, gatewayEventId)
      // One that failed may still be handled by the same request.
      return { status: 200, body: sayEvent(event), keeps: event.status === 'handled' }
    }),
})
