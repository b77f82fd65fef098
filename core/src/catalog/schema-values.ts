/** The values that the published schema is made of: ids, credits, money, lengths of time. */
import { Type } from 'typebox'

// Names that every object inherits are nobody's id.
const INHERITED =
  'constructor|prototype|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString'
export const ID_PATTERN = `^(?!(${INHERITED})$)[a-z0-9][A-Za-z0-9._-]{0,99}$`
const CURRENCY_PATTERN = '^[A-Z]{3}$'
const COUNT_PATTERN = '^\\s*([1-9]\\d{0,4} )?'
const CALENDAR_PATTERN = `${COUNT_PATTERN}(day|week|month|quarter|year)s?\\s*$`
export const LENGTH_PATTERN = `${COUNT_PATTERN}(minute|hour|day|week|month|quarter|year)s?\\s*$`
const MONEY_PATTERN = '^\\s*\\d{1,12}(\\.\\d{1,12})? [A-Z]{3}\\s*$'

export const text = (description: string) => Type.String({ description, minLength: 1, maxLength: 500 })
export const credits = (description: string) => Type.Number({ description, minimum: 0 })
export const whole = (description: string, minimum = 0) => Type.Integer({ description, minimum })
export const flag = (description: string) => Type.Boolean({ description })
export const choice = (choices: readonly string[], description: string) =>
  Type.Enum([...choices], { description })
export const strict = { additionalProperties: false }

export function byId<T extends Type.TSchema>(entry: T, description: string) {
  return Type.Record(Type.String({ pattern: ID_PATTERN }), entry, { description, ...strict })
}

export function oneOrMany<T extends Type.TSchema>(one: T, description: string) {
  return Type.Union([one, Type.Array(one)], { description })
}

/** What is left empty in YAML (`packs:` with nothing after it) is not there. */
export function optional<T extends Type.TSchema>(schema: T) {
  return Type.Optional(optionalEntry(schema))
}

export function lengthOf(description: string, pattern: string) {
  const how = `${description}: a number and a unit, such as 7 days, month or 2 years`
  return Type.String({ description: how, pattern })
}

/** Periods, terms and windows are whole days. */
export const length = (description: string) => lengthOf(description, CALENDAR_PATTERN)
export const money = Type.String({
  description: 'Money with its currency: 19.00 USD',
  pattern: MONEY_PATTERN,
})
export const prices = oneOrMany(money, 'Money with its currency: 19.00 USD; a list for several currencies')
export const currency = Type.String({ description: 'A currency of ISO 4217', pattern: CURRENCY_PATTERN })
export const scalar = Type.Union([
  Type.String({ minLength: 1, maxLength: 100 }),
  Type.Number(),
  Type.Boolean(),
])
export const expires = Type.Union(
  [Type.Literal('never'), Type.Literal('term'), lengthOf('How long the credits live', LENGTH_PATTERN)],
  {
    description:
      'How long the credits live: a length of time, term (as the current refill), or never (the default)',
  },
)
export const names = oneOrMany(Type.String({ pattern: ID_PATTERN }), 'Ids of plans; without it, all')

/** An entry with nothing after it (`free:`) is one with every default. */
export function optionalEntry<T extends Type.TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}
