import { Type } from 'typebox'
import { sayInstantOrNull } from '../ledger/replay.ts'
import type { Ask } from '../operations/ask.ts'
import { createWebhookEndpoint } from '../operations/create-webhook-endpoint.operation.ts'
import { deleteWebhookEndpoint } from '../operations/delete-webhook-endpoint.operation.ts'
import { listWebhookEndpoints } from '../operations/list-webhook-endpoints.operation.ts'
import { readWebhookEndpoint } from '../operations/read-webhook-endpoint.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { rotateWebhookSecret } from '../operations/rotate-webhook-secret.operation.ts'
import { setToldEvents } from '../operations/set-told-events.operation.ts'
import { updateWebhookEndpoint } from '../operations/update-webhook-endpoint.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import {
  fields,
  InstantOut,
  line,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'
import { EndpointOut, EndpointShown, sayEndpoint } from './webhook.schema.ts'

const tag = 'Webhooks'
export const EndpointParams = fields({ endpointId: ScripId })

const Url = line(2000)
const Types = Type.Array(line(100), {
  maxItems: 100,
  description: 'Types, or families as `credits.*`; none = every one.',
})

/** What this process told its ledger before is old now. */
async function renewed<T>(ask: Ask, wrote: T): Promise<T> {
  if (!ask.dryRun) await ask.house.projects.reload(ask.project.id)
  return wrote
}

export const createWebhookEndpointRoute = route({
  id: 'create-webhook-endpoint',
  method: 'POST',
  path: '/webhook-endpoints',
  tag,
  summary: 'Send events to an address of yours, from now on',
  description:
    'Signed as Standard Webhooks with the secret of the answer, which is shown once. What is not answered with a 2xx within 10 seconds is tried again over about three days; `Retry-After` is respected, 410 ends it. Only https and public addresses, unless the operator allows others.',
  body: fields({
    url: Url,
    description: optional(nullable(line(200))),
    types: optional(Types),
    accountId: optional(nullable(OwnId)),
  }),
  answers: { 201: EndpointShown },
  run: (ask, { body }) =>
    remembered(ask, 'create-webhook-endpoint', '', async (session) => {
      const { url, description = null, types = [], accountId = null } = body
      const made = await createWebhookEndpoint(ask, session, { url, description, types, accountId })
      return { status: 201, body: { ...sayEndpoint(made.endpoint), secret: made.secret } }
    }).then((wrote) => renewed(ask, wrote)),
})

export const listWebhookEndpointsRoute = route({
  id: 'list-webhook-endpoints',
  method: 'GET',
  path: '/webhook-endpoints',
  tag,
  summary: 'Where events are sent, newest first',
  query: fields(PageQuery),
  answers: { 200: page(EndpointOut) },
  run: async (ask, { query }) => {
    const list = 'list-webhook-endpoints'
    const { limit, ascending, after } = readPage(ask, list, query)
    const place = after === null ? null : { createdAt: after[0] as number, id: after[1] as string }
    const rows = await listWebhookEndpoints(ask, { after: place, ascending, limit: limit + 1 })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, (row) => [row.createdAt, row.id])
    return answer(200, { data: data.map(sayEndpoint), nextCursor })
  },
})

export const readWebhookEndpointRoute = route({
  id: 'read-webhook-endpoint',
  method: 'GET',
  path: '/webhook-endpoints/{endpointId}',
  tag,
  summary: 'A webhook endpoint, and how it has been doing',
  params: EndpointParams,
  answers: { 200: EndpointOut },
  run: async (ask, { params: { endpointId } }) =>
    answer(200, sayEndpoint(await readWebhookEndpoint(ask, endpointId))),
})

export const updateWebhookEndpointRoute = route({
  id: 'update-webhook-endpoint',
  method: 'PATCH',
  path: '/webhook-endpoints/{endpointId}',
  tag,
  summary: 'Change a webhook endpoint, disable it, enable it again',
  description:
    'One that is enabled again hears of what happens from then on; what happened meanwhile is brought by a redelivery of the span.',
  params: EndpointParams,
  body: fields({
    url: optional(Url),
    description: optional(nullable(line(200))),
    types: optional(Types),
    accountId: optional(nullable(OwnId)),
    status: optional(oneOf(['enabled', 'disabled'] as const)),
  }),
  answers: { 200: EndpointOut },
  run: (ask, { params: { endpointId }, body }) =>
    remembered(ask, `update-webhook-endpoint:${endpointId}`, '', async (session) => ({
      status: 200,
      body: sayEndpoint(await updateWebhookEndpoint(ask, session, endpointId, body)),
    })).then((wrote) => renewed(ask, wrote)),
})

export const deleteWebhookEndpointRoute = route({
  id: 'delete-webhook-endpoint',
  method: 'DELETE',
  path: '/webhook-endpoints/{endpointId}',
  tag,
  summary: 'End a webhook endpoint, with its log',
  params: EndpointParams,
  answers: { 204: Type.Null() },
  run: (ask, { params: { endpointId } }) =>
    remembered(ask, `delete-webhook-endpoint:${endpointId}`, '', async (session) => {
      await deleteWebhookEndpoint(ask, session, endpointId)
      return { status: 204, body: undefined }
    }).then((wrote) => renewed(ask, wrote)),
})

const OVERLAP_DEFAULT_SECONDS = 86_400

export const rotateWebhookSecretRoute = route({
  id: 'rotate-webhook-secret',
  method: 'POST',
  path: '/webhook-endpoints/{endpointId}/rotate-secret',
  tag,
  summary: 'Make a new signing secret',
  description:
    'Until the time of the old one is over (a day), everything carries two signatures, one of each.',
  params: EndpointParams,
  body: fields({ overlapSeconds: optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })) }),
  answers: {
    201: fields({ id: Type.String(), secret: Type.String(), previousSecretUntil: nullable(InstantOut) }),
  },
  run: (ask, { params: { endpointId }, body }) =>
    remembered(ask, `rotate-webhook-secret:${endpointId}`, '', async (session) => {
      const overlapMs = (body.overlapSeconds ?? OVERLAP_DEFAULT_SECONDS) * 1000
      const { secret, previousUntil } = await rotateWebhookSecret(ask, session, endpointId, overlapMs)
      return {
        status: 201,
        body: { id: endpointId, secret, previousSecretUntil: sayInstantOrNull(previousUntil) },
      }
    }),
})

export const setToldEventsRoute = route({
  id: 'set-told-events',
  method: 'PUT',
  path: '/events/setting',
  tag: 'Events',
  summary: 'Whether charges, holds and grants are told without a webhook endpoint too',
  description: 'Each then costs a row more. Other processes follow within a second.',
  body: fields({ journal: Type.Boolean() }),
  answers: { 200: fields({ journal: Type.Boolean() }) },
  run: (ask, { body: { journal } }) =>
    remembered(ask, 'set-told-events', '', async (session) => {
      await setToldEvents(ask, session, journal)
      return { status: 200, body: { journal } }
    }).then((wrote) => renewed(ask, wrote)),
})
