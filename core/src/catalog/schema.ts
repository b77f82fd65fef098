/**
 * The JSON Schema of `catalog.yaml`, published so that editors complete and check the file. It says the
 * same as the compiler about shapes; what two places say against each other only the compiler knows.
 */
import { Type } from 'typebox'
import { action } from './action-schema.ts'
import { LOT_KINDS } from './catalog.ts'
import { GATEWAYS } from './compile-policies.ts'
import { pack, plan, topUp } from './plan-schema.ts'
import {
  byId,
  choice,
  credits,
  currency,
  expires,
  flag,
  ID_PATTERN,
  LENGTH_PATTERN,
  length,
  lengthOf,
  oneOrMany,
  optional,
  optionalEntry,
  prices,
  strict,
  text,
  whole,
} from './schema-values.ts'

const taxLine = {
  name: optional(text('What the invoice says')),
  percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
}
const tax = Type.Object(
  {
    currency: optional(currency),
    country: optional(Type.String({ description: 'A country of ISO 3166', pattern: '^[A-Z]{2}$' })),
    region: optional(text('A state or province, as billing details name it')),
    taxId: optional(flag('Only for customers with a tax id (true), or without one (false)')),
    inclusive: optional(flag('Whether prices include it')),
    ...taxLine,
    lines: Type.Optional(oneOrMany(Type.Object(taxLine, strict), 'Several taxes at once')),
  },
  strict,
)

const day = Type.String({
  description: 'A day, which begins in UTC, or an instant with its zone',
  pattern: '^\\d{4}-\\d{2}-\\d{2}(T.+)?$',
})
const promotion = Type.Object(
  {
    percent: Type.Optional(
      Type.Number({ description: 'The share it takes off', exclusiveMinimum: 0, maximum: 100 }),
    ),
    amount: optional(prices),
    uses: optional(whole('How often in all', 1)),
    usesPerAccount: optional(whole('How often by one account', 1)),
    from: optional(day),
    until: optional(day),
    packs: optional(oneOrMany(Type.String({ pattern: ID_PATTERN }), 'Packs it is for')),
    plans: optional(oneOrMany(Type.String({ pattern: ID_PATTERN }), 'Plans it is for')),
    minimum: optional(prices),
  },
  { description: 'By a share or by an amount; for everything, unless packs or plans are named', ...strict },
)

const gatewayName = choice(GATEWAYS, 'How it is paid')
const kind = choice(LOT_KINDS, 'A kind of credits')

/** JSON Schema 2020-12 of `catalog.yaml`. */
export const catalogSchema = Type.Object(
  {
    scrip: Type.Literal(1, { description: 'The version of this format' }),
    product: text("The product's name"),
    keyPrefix: optional(
      Type.String({ description: "What customers' keys begin with", pattern: '^(?!scrip$)[a-z0-9]{1,12}$' }),
    ),
    currency: optional(oneOrMany(currency, 'The currencies of the prices, the default first')),
    credit: optional(
      Type.Object(
        {
          one: optional(text('The word for one')),
          many: optional(text('The word for several')),
          decimals: optional(
            Type.Integer({
              description: 'Decimals of a credit, fixed from the first credits on',
              minimum: 0,
              maximum: 6,
            }),
          ),
          worth: optional(text('What one stands for')),
        },
        strict,
      ),
    ),
    access: optional(choice(['open', 'plan'], 'plan: actions need an active plan, even where they are free')),
    newAccounts: optional(
      Type.Object(
        {
          plan: optional(text('Its first plan, one that costs nothing')),
          credits: optional(credits('Its credits, once')),
          expires: optional(expires),
        },
        { description: 'What an account gets on its first day, once', ...strict },
      ),
    ),
    plans: optional(byId(optionalEntry(plan), 'What customers subscribe to, or are on')),
    packs: optional(byId(pack, 'What is bought once')),
    topUp: optional(topUp),
    actions: optional(byId(optionalEntry(action), 'What costs credits')),
    taxes: optional(oneOrMany(tax, 'By currency, country, region or tax id: the first that fits counts')),
    promotions: optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$' }), promotion, {
        description: 'Codes that make a purchase cheaper',
        ...strict,
      }),
    ),
    gateway: optional(
      Type.Union(
        [gatewayName, Type.Record(Type.String({ pattern: '^([A-Z]{3}|others)$' }), gatewayName, strict)],
        {
          description: 'One for all, or one per currency with others for the rest',
        },
      ),
    ),
    alerts: optional(
      Type.Object(
        {
          remaining: optional(
            oneOrMany(
              Type.Union([credits('So many'), Type.String({ pattern: '^\\d{1,2}%$' })]),
              'When so many remain: 100 or 25%',
            ),
          ),
          expiring: optional(oneOrMany(length('So long before'), 'So long before credits expire')),
        },
        strict,
      ),
    ),
    exhaustedBelow: optional(credits('Run out below this; the smallest unit if not written')),
    returnAfterExpiry: optional(
      Type.Union([Type.Literal('expire'), lengthOf('Its second life', LENGTH_PATTERN)], {
        description: 'What becomes of credits that come back after their expiry (30 days if not written)',
      }),
    ),
    spendOrder: optional(
      oneOrMany(Type.Union([kind, Type.Array(kind)]), 'Kinds of credits, first spent first'),
    ),
    subjects: optional(
      byId(
        optionalEntry(
          Type.Object(
            {
              name: optional(text("The column's name")),
              link: optional(
                Type.String({ description: 'An address with {id}', pattern: '^(https?://|/(?!/))' }),
              ),
            },
            strict,
          ),
        ),
        'What usage is attributed to',
      ),
    ),
    roles: optional(
      Type.Object(
        {
          admin: optional(text('Admins')),
          billing: optional(text('Who buys')),
          member: optional(text('Everybody else')),
        },
        strict,
      ),
    ),
    support: optional(
      Type.Object(
        {
          email: optional(text('Where reports go')),
          subject: optional(text('Their subject')),
          ask: optional(oneOrMany(text('A question'), 'What a report asks for')),
        },
        strict,
      ),
    ),
    theme: optional(
      Type.Object(
        {
          logo: optional(text('An address')),
          color: optional(Type.String({ description: 'Such as #0a7f5a', pattern: '^#[0-9A-Fa-f]{6}$' })),
        },
        strict,
      ),
    ),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Scrip catalog',
    description: 'What a product sells: plans, packs, actions and their prices, and policies',
    $defs: {
      table: {
        type: 'object',
        minProperties: 1,
        additionalProperties: { anyOf: [{ type: 'number', minimum: 0 }, { $ref: '#/$defs/table' }] },
      },
    },
    ...strict,
  },
)
