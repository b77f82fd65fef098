/** What the specification says of a route: made from the same schemas that check and serialise. */

import type { SwaggerOptions } from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { VERSION } from '../version.ts'
import { ACCESS, type Access } from './access.ts'
import { queryOf } from './check.ts'
import { describedWebhooks } from './event.schema.ts'
import type { Route } from './route.ts'

const Problem = {
  type: 'object',
  description: 'A problem (RFC 9457); its code is documented at /docs/errors.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'An open list.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string' },
          code: { type: 'string' },
          expected: { type: 'string' },
          found: {},
        },
        additionalProperties: true,
      },
    },
  },
  additionalProperties: true,
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } }
}

export function documentationOf(route: Route): FastifySchema {
  const access: Access = ACCESS[route.id]
  const query = queryOf(route)
  const schema: Record<string, unknown> = {
    operationId: route.id,
    summary: route.summary,
    description: [route.description, accessWords(access)].filter((text) => text !== undefined).join('\n\n'),
    tags: [route.tag],
    response: {
      ...answersOf(route),
      '4xx': problem('What was asked was refused.'),
      '5xx': problem('Ask again later.'),
    },
    security: access.needs === 'open' || access.needs === 'operator' ? [] : [{ apiKey: [] }, { bearer: [] }],
  }
  if (route.params !== null) schema.params = route.params
  if (query !== null) schema.querystring = query
  if (route.body !== null) {
    schema.body = route.body
    schema.consumes = [route.takes === 'yaml' ? 'application/yaml' : 'application/json']
  }
  if (route.writes) schema.headers = IdempotencyHeader
  return schema as FastifySchema
}

const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      maxLength: 255,
      description: 'Makes the write happen once: the same key gives the first answer again.',
    }),
  ),
})

const STATUS_WORDS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'It will be done.',
  204: 'Done; there is nothing to say.',
  304: 'Unchanged.',
}

function answersOf(route: Route): Record<string, TSchema> {
  const answers = Object.entries(route.answers).map(([status, schema]) => [
    status,
    { ...schema, description: STATUS_WORDS[Number(status)] ?? '' } as TSchema,
  ])
  return Object.fromEntries(answers)
}

function accessWords({ needs, accountKey }: Access): string {
  const scope =
    needs === 'any'
      ? 'Any key.'
      : needs === 'open'
        ? 'No key.'
        : needs === 'operator'
          ? 'The control socket only.'
          : `Scope \`${needs}\`.`
  return accountKey ? `${scope} An account's own key may, for its account.` : scope
}

export const SWAGGER_OPTIONS: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Scrip',
      version: VERSION,
      description:
        'Prepaid credits: quotes, charges, holds, refunds, plans, and where every credit went.\n\n' +
        'A path asked by a method that it does not have answers 405 `method_not_allowed`, with `Allow`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    webhooks: describedWebhooks(),
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  },
}
