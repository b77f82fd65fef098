/** Plans, packs and top-ups in the published schema. */
import { Type } from 'typebox'
import {
  choice,
  credits,
  expires,
  flag,
  length,
  money,
  names,
  oneOrMany,
  optional,
  prices,
  strict,
  text,
  whole,
} from './schema-values.ts'

export const topUp = Type.Object(
  {
    pricePerCredit: optional(oneOrMany(money, 'Up to six decimals: 0.02 USD')),
    minimum: optional(credits('The least that can be bought')),
    maximum: optional(credits('The most that can be bought')),
    step: optional(credits('Sizes are multiples of this')),
    bonus: optional(
      oneOrMany(
        Type.Object({ from: credits('From this size on'), credits: credits('More credits') }, strict),
        'Free credits by size',
      ),
    ),
    tiers: optional(
      oneOrMany(
        Type.Object(
          {
            upTo: Type.Optional(credits('The last size of this tier')),
            pricePerCredit: oneOrMany(money, 'Its price'),
          },
          strict,
        ),
        'Prices by size',
      ),
    ),
    expires: optional(expires),
    movesTo: optional(text('The base plan that the account moves to')),
    suggestions: optional(oneOrMany(credits('A size'), 'Sizes to offer')),
  },
  { description: 'Free amounts of credits', ...strict },
)

const rollover = Type.Union(
  [
    Type.Enum(['reset', 'keep', 'window']),
    Type.Object({ window: length('How long after their period') }, strict),
    Type.Object(
      { bank: credits('The limit'), counts: optional(choice(['carried', 'total'], 'What the limit counts')) },
      strict,
    ),
  ],
  {
    description:
      'What happens to unused credits: reset (the default), keep, window, { window: 45 days }, { bank: 600 }',
  },
)

export const plan = Type.Object(
  {
    name: optional(text('What customers read')),
    description: optional(text('What it offers')),
    price: optional(
      Type.Union([Type.Literal('custom'), prices], {
        description: 'Its price; custom = agreed per account; without it, free',
      }),
    ),
    every: optional(length('The billing interval; without it, a base plan, which never ends')),
    credits: optional(credits('Credits of one refill; of a base plan, once')),
    creditsEvery: optional(length('How often credits come; as often as the bill if not written')),
    rollover: optional(rollover),
    trial: optional(
      Type.Object(
        {
          length: length('How long it lasts'),
          credits: optional(credits('Its credits')),
          converts: optional(flag('Whether it goes on as the plan (true if not written)')),
        },
        strict,
      ),
    ),
    term: optional(length('A fixed life instead of renewal')),
    renewal: optional(choice(['automatic', 'manual'], 'manual: it ends with its term')),
    onEnd: optional(choice(['keep', 'expire'], 'What happens to its credits when it ends')),
    refill: optional(choice(['onTime', 'whenPaid'], 'Whether a refill waits for a late payment')),
    pastDueDays: optional(whole('Days of access while past due')),
    topUp: optional(topUp),
    retired: optional(flag('Nobody can choose it any more')),
  },
  strict,
)

export const pack = Type.Object(
  {
    name: optional(text('What customers read')),
    credits: credits('Credits'),
    price: prices,
    expires: optional(expires),
    plans: optional(names),
    movesTo: optional(text('The base plan that the account moves to')),
  },
  strict,
)
