/** Actions and their prices in the published schema. */
import { Type } from 'typebox'
import {
  byId,
  choice,
  credits,
  flag,
  ID_PATTERN,
  names,
  oneOrMany,
  optional,
  optionalEntry,
  scalar,
  strict,
  text,
  whole,
} from './schema-values.ts'

const wanted = Type.Record(Type.String({ pattern: ID_PATTERN }), oneOrMany(scalar, 'A value, or several'), {
  minProperties: 1,
  ...strict,
})
const condition = Type.Union(
  [
    Type.Object({ allOf: wanted }, strict),
    Type.Object({ anyOf: wanted }, strict),
    Type.Object({ noneOf: wanted }, strict),
    wanted,
  ],
  { description: 'Only if: { platforms: x }, or allOf, anyOf, noneOf of several' },
)

const table = Type.Unsafe<unknown>({ $ref: '#/$defs/table' })
const band = Type.Object(
  {
    upTo: Type.Optional(whole('The last quantity of this band; the last band has none', 1)),
    credits: credits('Credits of one'),
  },
  strict,
)

const part = Type.Object(
  {
    credits: Type.Union(
      [credits('Credits of one'), table, Type.Array(band, { minItems: 1, maxItems: 100 })],
      {
        description: 'A number of credits, a table by options, or bands by quantity',
      },
    ),
    by: Type.Optional(
      oneOrMany(
        Type.String({ pattern: ID_PATTERN }),
        'The options that choose from the table, outermost first',
      ),
    ),
    per: Type.Optional(Type.String({ description: 'Times this quantity', pattern: ID_PATTERN })),
    each: Type.Optional(
      Type.Integer({ description: 'Per started block of so many', minimum: 1, maximum: 1_000_000_000 }),
    ),
    when: optional(condition),
    name: Type.Optional(text("The line's name")),
    tiers: Type.Optional(
      choice(
        ['graduated', 'volume'],
        'graduated: each by its own band; volume: all by the band of the whole',
      ),
    ),
  },
  strict,
)
const price = Type.Union(
  [
    credits('A flat price; 0 is free'),
    part,
    Type.Array(Type.Union([credits('A flat part'), part]), { maxItems: 50 }),
  ],
  {
    description: 'What it costs: a number, a part, or a list of parts whose sum it is; without it, free',
  },
)

const quantity = Type.Object(
  {
    name: optional(text('What customers read')),
    minimum: optional(whole('The least, 0 if not written')),
    maximum: optional(whole('The most')),
    default: optional(whole('What counts where nothing is said')),
  },
  strict,
)
const option = Type.Object(
  {
    name: optional(text('What customers read')),
    values: optional(oneOrMany(scalar, 'What may be chosen; without it, what the price has, or anything')),
    default: optional(oneOrMany(scalar, 'What counts where nothing is said; [] where none is a choice too')),
    many: optional(flag('Whether several values may be given')),
  },
  strict,
)

export const action = Type.Object(
  {
    name: optional(text('What customers read')),
    description: optional(text('What it does')),
    trigger: optional(text('When it is charged')),
    hint: optional(text('What a customer should know before')),
    price: optional(price),
    minimum: optional(credits('Never less than this')),
    quantities: optional(byId(optionalEntry(quantity), 'What is counted')),
    options: optional(byId(optionalEntry(option), 'What is chosen')),
    access: optional(choice(['open', 'plan'], 'plan: an active plan is needed, even where it is free')),
    plans: optional(names),
    comingSoon: optional(flag('Listed, and refused')),
  },
  strict,
)
