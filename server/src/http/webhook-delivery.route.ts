import { Type } from 'typebox'
import { decimalsOf } from '../operations/ask.ts'
import { listWebhookDeliveries } from '../operations/list-webhook-deliveries.operation.ts'
import { readWebhookDelivery } from '../operations/read-webhook-delivery.operation.ts'
import { redeliverWebhook } from '../operations/redeliver-webhook.operation.ts'
import { redeliverWebhookSpan } from '../operations/redeliver-webhook-span.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import { fields, Instant, oneOf, optional, PageQuery, page, ScripId } from './schema.ts'
import { EndpointParams } from './webhook.route.ts'
import { DeliveryOut, DeliveryWithEvent, sayDelivery } from './webhook.schema.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

const tag = 'Webhooks'
const DeliveryParams = fields({ endpointId: ScripId, eventId: ScripId })

export const listWebhookDeliveriesRoute = route({
  id: 'list-webhook-deliveries',
  method: 'GET',
  path: '/webhook-endpoints/{endpointId}/deliveries',
  tag,
  summary: 'What was sent to a webhook endpoint, is tried again, or was given up',
  description: 'The latest events first. What was delivered is kept for 30 days.',
  params: EndpointParams,
  query: fields({ status: optional(oneOf(['waiting', 'delivered', 'failed'] as const)), ...PageQuery }),
  answers: { 200: page(DeliveryOut) },
  run: async (ask, { params: { endpointId }, query }) => {
    const list = `list-webhook-deliveries:${endpointId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const rows = await listWebhookDeliveries(ask, {
      endpoint: endpointId,
      status: query.status ?? null,
      after: after === null ? null : (after[0] as number),
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, ({ delivery }) => [delivery.position])
    const decimals = decimalsOf(ask.project)
    const said = data.map((row) => {
      const { event: _, ...delivery } = sayDelivery(row, decimals)
      return delivery
    })
    return answer(200, { data: said, nextCursor })
  },
})

export const readWebhookDeliveryRoute = route({
  id: 'read-webhook-delivery',
  method: 'GET',
  path: '/webhook-endpoints/{endpointId}/deliveries/{eventId}',
  tag,
  summary: 'One delivery: what is sent, and what was answered at each try',
  params: DeliveryParams,
  answers: { 200: DeliveryWithEvent },
  run: async (ask, { params: { endpointId, eventId } }) => {
    const found = await readWebhookDelivery(ask, endpointId, eventId)
    return answer(200, sayDelivery(found, decimalsOf(ask.project)))
  },
})

export const redeliverWebhookRoute = route({
  id: 'redeliver-webhook',
  method: 'POST',
  path: '/webhook-endpoints/{endpointId}/deliveries/{eventId}/redeliver',
  tag,
  summary: 'Send one event once more',
  params: DeliveryParams,
  answers: { 202: fields({ eventId: Type.String(), count: Type.Integer() }) },
  run: (ask, { params: { endpointId, eventId } }) =>
    remembered(ask, `redeliver-webhook:${endpointId}:${eventId}`, '', async (session) => {
      await redeliverWebhook(ask, session, endpointId, eventId)
      return { status: 202, body: { eventId, count: 1 } }
    }),
})

export const redeliverWebhookSpanRoute = route({
  id: 'redeliver-webhook-span',
  method: 'POST',
  path: '/webhook-endpoints/{endpointId}/redeliver',
  tag,
  summary: 'Send what happened in a span of time once more',
  description:
    'What was not taken; with `all` everything the endpoint asks for. By when it happened, [from, to); up to now where `to` is missing. Of what was delivered more than 30 days ago nothing is known any more, and it is sent again.',
  params: EndpointParams,
  body: fields({ from: Instant, to: optional(Instant), all: optional(Type.Boolean()) }),
  answers: { 202: fields({ count: Type.Integer() }) },
  run: (ask, { params: { endpointId }, body }) => {
    const reading = openReading(0)
    const from = optionalInstant(reading, 'from', body.from, 'UTC') ?? 0
    const to = optionalInstant(reading, 'to', body.to, 'UTC') ?? Number.MAX_SAFE_INTEGER
    endReading(reading)
    return remembered(ask, `redeliver-webhook-span:${endpointId}`, '', async (session) => {
      const span = { from, to, all: body.all ?? false }
      return { status: 202, body: { count: await redeliverWebhookSpan(ask, session, endpointId, span) } }
    })
  },
})
