/** The words that the API's schemas are made of. Each limit stands here once, for check, type and docs. */
import { type Static, type TSchema, Type } from 'typebox'

/** An object of these fields and no others. */
export function fields<T extends Record<string, TSchema>>(properties: T, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(schema)
}

/** The schema, or null. Written as a list of types, which the serialiser handles fast. */
export function nullable<T extends TSchema>(schema: T) {
  const plain = schema as unknown as { type?: string; enum?: unknown[] }
  if (plain.enum !== undefined)
    return Type.Unsafe<Static<T> | null>({ ...plain, enum: [...plain.enum, null] })
  if (typeof plain.type === 'string')
    return Type.Unsafe<Static<T> | null>({ ...plain, type: [plain.type, 'null'] })
  return Type.Unsafe<Static<T> | null>({ anyOf: [plain, { type: 'null' }] })
}

export function oneOf<const T extends readonly string[]>(values: T, description?: string) {
  return Type.Unsafe<T[number]>({
    type: 'string',
    enum: [...values],
    ...(description === undefined ? {} : { description }),
  })
}

const OWN_ID = '^(?!\\.{1,2}$)(?:(?![/\\\\?#%])[!-~]){1,200}$'

export const OwnId = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: OWN_ID,
  'x-expects': '1 to 200 visible ASCII characters without / \\ ? # %, not . or ..',
  description: "An id of the product's own.",
})

/** An id of Scrip's: what it means is read by the operation, which answers 404 for one that is none. */
export const ScripId = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[0-9A-Za-z_-]+$',
  'x-expects': 'an id',
})

export const CatalogKey = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  'x-expects': 'a catalog key of letters, digits and . _ -',
})

/** Text for people: one line or more, no control characters but line breaks and tabs. */
export function text(maxLength: number, minLength = 0) {
  return Type.String({
    minLength,
    maxLength,
    pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$',
    'x-expects': `text of at most ${maxLength} characters without control characters`,
  })
}

/** A name that stands in one line: no line breaks, so that none can be smuggled into a header or a mail. */
export function line(maxLength: number, minLength = 1) {
  return Type.String({
    minLength,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*$',
    'x-expects': `${minLength} to ${maxLength} characters in one line`,
  })
}

/** The one form of an e-mail address: of an account, of a member. Whether anybody reads it, only a letter could tell. */
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+$',
  'x-expects': 'an e-mail address such as ada@example.com, of at most 254 characters',
})

const LARGEST = 999_999_999_999_999

/** A number of credits above zero; how many decimals it may have, the project's catalog says. */
export const Credits = Type.Number({
  exclusiveMinimum: 0,
  maximum: LARGEST,
  description: "Credits, with at most the project's decimals.",
})

export const CreditsOrZero = Type.Number({ minimum: 0, maximum: LARGEST, description: 'Credits, 0 or more.' })

export const SignedCredits = Type.Number({
  minimum: -LARGEST,
  maximum: LARGEST,
  description: 'Credits, signed.',
})

const Quantity = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })

const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'

export const Quantities = Type.Unsafe<Record<string, number>>({
  type: 'object',
  patternProperties: { [NAME]: Quantity },
  additionalProperties: false,
  maxProperties: 50,
  description: 'Whole numbers by name.',
})

const OptionValue = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })

export const Options = Type.Unsafe<Record<string, string | string[]>>({
  type: 'object',
  patternProperties: {
    [NAME]: {
      anyOf: [OptionValue, { type: 'array', items: OptionValue, maxItems: 100 }],
      'x-expects': 'text of 1 to 200 characters or a list of it',
    },
  },
  additionalProperties: false,
  maxProperties: 50,
  description: 'A value, or a list of values, by name.',
})

/** Without a backslash: the engines of Node 24 to 26 take names with an escape for such a one (nodejs/node#63785). */
const METADATA_NAME = '^[^\\u0000-\\u001f\\u007f\\\\]{1,40}$'

export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  patternProperties: { [METADATA_NAME]: { type: 'string', maxLength: 500 } },
  additionalProperties: false,
  maxProperties: 50,
  description: 'Up to 50 strings by name; 2 kB in all on a row of the ledger.',
})

/** The same with null, which removes a name. */
export const MetadataPatch = Type.Unsafe<Record<string, string | null>>({
  type: 'object',
  patternProperties: { [METADATA_NAME]: { type: ['string', 'null'], maxLength: 500 } },
  additionalProperties: false,
  maxProperties: 50,
  description: 'Merged into what is there; null removes.',
})

export const Instant = Type.String({
  minLength: 1,
  maxLength: 40,
  'x-expects': 'an instant such as 2026-11-20T12:00:00Z, or a date such as 2026-11-20',
  description: "An instant in ISO 8601; a date without time is midnight in the account's time zone.",
})

/** As answered: always UTC. */
export const InstantOut = Type.String({ format: 'date-time', description: 'UTC.' })

export const Money = fields({
  amount: Type.Integer({ minimum: 0, maximum: LARGEST, description: 'In minor units (cents).' }),
  currency: Type.String({
    pattern: '^[A-Z]{3}$',
    minLength: 3,
    maxLength: 3,
    'x-expects': 'an ISO 4217 code',
  }),
})

export const Actor = fields(
  { id: line(200), name: optional(nullable(line(200))) },
  { description: 'Who did it.' },
)

export const Subject = fields(
  { type: optional(nullable(line(100))), id: line(200), name: optional(nullable(line(200))) },
  { description: "What it was for: the product's own thing." },
)

export const SubjectOut = fields({
  type: nullable(Type.String()),
  id: Type.String(),
  name: nullable(Type.String()),
})

export const Reason = text(500, 1)

export const Line = fields({
  name: Type.String(),
  credits: Type.Number(),
  quantity: optional(Type.Number()),
  unit: optional(Type.Number()),
  per: optional(Type.String()),
})

export const Draw = fields({ lotId: Type.String(), credits: Type.Number() })

/** The page of a list. */
export function page<T extends TSchema>(item: T) {
  return fields({
    data: Type.Array(item),
    nextCursor: nullable(Type.String({ description: 'Where the next page begins; null at the end.' })),
  })
}

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 })
export const Cursor = Type.String({ minLength: 1, maxLength: 500 })
const Order = oneOf(['asc', 'desc'] as const, 'Newest first unless asc.')

export const PageQuery = { limit: optional(Limit), cursor: optional(Cursor), order: optional(Order) }
