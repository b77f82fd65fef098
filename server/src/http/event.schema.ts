/** What webhooks carry, as the documentation has it: one envelope, and a schema of the data of each type. */
import { Type } from 'typebox'
import { type EventType, eventTypes } from '../events/event-types.ts'
import { fields, InstantOut, nullable } from './schema.ts'

export const EventOut = fields({
  id: Type.String({ description: 'The same in every delivery, as `webhook-id`.' }),
  type: Type.String({ description: 'An open list.' }),
  version: Type.Integer({ description: "Of the type's data: fields are only added within one." }),
  timestamp: InstantOut,
  accountId: nullable(Type.String()),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: {} }),
})

const ACCOUNT = { id: 'org_42', name: 'Acme' }
const CREDITS = { balance: 88, available: 88, held: 0 }

/** The `webhooks` of the specification: what is sent, by type. */
export function describedWebhooks(): Record<string, object> {
  return Object.fromEntries(
    eventTypes().map(([type, facts]) => [type, { post: describedWebhook(type, facts) }]),
  )
}

function describedWebhook(type: string, facts: EventType): object {
  const event = exampleOf(type, facts)
  return {
    operationId: `event ${type}`,
    summary: facts.summary,
    description:
      'Signed as Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. Any 2xx within 10 seconds is an answer.',
    tags: ['Webhooks'],
    security: [],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: eventSchema(type, facts), example: event } },
    },
    responses: { '2XX': { description: 'Taken.' }, '410': { description: 'Ends it: nothing more is sent.' } },
  }
}

export function exampleOf(type: string, { version, example, ofAccount }: EventType): Record<string, unknown> {
  const account = ofAccount ? ACCOUNT : null
  return {
    id: 'evt_01kabcdefg00000001000000071',
    type,
    version,
    timestamp: '2026-11-20T12:00:00.000Z',
    accountId: account?.id ?? null,
    data: { ...example, account, credits: ofAccount ? CREDITS : null },
  }
}

function eventSchema(type: string, facts: EventType): object {
  const { data: _, ...envelope } = EventOut.properties
  const data = schemaOf(facts.example) as { properties: object }
  return {
    type: 'object',
    required: ['id', 'type', 'version', 'timestamp', 'accountId', 'data'],
    properties: {
      ...envelope,
      type: { const: type },
      version: { const: facts.version },
      data: {
        ...data,
        required: ['account', 'credits'],
        properties: {
          ...data.properties,
          account: orNull(schemaOf(ACCOUNT)),
          credits: orNull(schemaOf(CREDITS)),
        },
      },
    },
  }
}

function orNull(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] }
}

/** The shape of an example: what it shows may be absent, and more may come. */
function schemaOf(example: unknown): object {
  if (example === null) return {}
  if (Array.isArray(example)) return { type: 'array', items: schemaOf(example[0] ?? null) }
  if (typeof example !== 'object') return { type: [typeof example, 'null'] }
  const properties = Object.entries(example).map(([name, value]) => [name, schemaOf(value)])
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: true }
}
