/** Pinpoint: terms sold by staff, credits shared by the accounts of one group, 5 for each reference request. */
import { castCompanies, castPerson, castTeam, slugOf } from '../cast.ts'
import type { Dice } from '../dice.ts'
import {
  type AccountStory,
  type Act,
  DAY,
  HOUR,
  inOrder,
  type Member,
  pickZone,
  SECOND,
  type Span,
  type Story,
  sizeOf,
  usesIn,
} from '../story.ts'

const TERMS = ['annual', 'annual', 'quarterly', 'monthly'] as const
const PER_WEEK: Readonly<Record<string, number>> = { annual: 2, quarterly: 2, monthly: 1.8 }

export function tellPinpoint(dice: Dice, span: Span, size: number): Story {
  const checksFrom = span.from + Math.floor(0.8 * (span.to - span.from))
  const companies = castCompanies(dice, size).map((name) => company(dice, span, name, checksFrom))
  return {
    product: 'pinpoint',
    laterCatalogs: [{ file: 'with-background-checks.yaml', at: checksFrom }],
    accounts: [...group(dice, span), ranOut(span), ...companies],
  }
}

/** A parent with two children: one pool, and each sees its own rows. */
function group(dice: Dice, span: Span): readonly AccountStory[] {
  const openedAt = span.from + 10 * DAY
  const one = (id: string, name: string, from: number): AccountStory => ({
    id,
    name,
    email: `hr@${id}.example`,
    timeZone: 'Europe/London',
    openedAt: from,
    members: castTeam(dice, name, 3),
    acts: [],
    whenEmpty: null,
  })
  const requestsOf = (account: AccountStory): readonly Act[] =>
    usesIn(dice, { from: openedAt + 20 * DAY, to: span.to }, account.timeZone, () => 0.6).map((at) =>
      request(dice, at, account.members),
    )
  const parent = one('harbor-group', 'Harbor Group', openedAt)
  const children = [
    one('harbor-retail', 'Harbor Retail', openedAt + DAY),
    one('harbor-logistics', 'Harbor Logistics', openedAt + DAY),
  ]
  return [
    { ...parent, acts: [{ does: 'subscribe', at: openedAt + HOUR, plan: 'annual' }, ...requestsOf(parent)] },
    ...children.map((child) => ({ ...child, parentId: parent.id, acts: requestsOf(child) })),
  ]
}

/** Asked for twelve references at once with credits for eight: eight went out, four were refused. */
function ranOut({ to }: Span): AccountStory {
  const at = to - 4 * DAY
  const bulk = Array.from(
    { length: 12 },
    (_, index): Act => ({
      does: 'charge',
      at: at + index * SECOND,
      action: 'reference.request',
      userId: 'hana.lindt',
      subject: { type: 'candidate', id: `cand_${9000 + index}`, name: null },
    }),
  )
  return {
    id: 'lumen-works',
    name: 'Lumen Works',
    email: 'people@lumen-works.example',
    timeZone: 'America/New_York',
    openedAt: at - 10 * DAY,
    members: [
      { userId: 'hana.lindt', name: 'Hana Lindt', email: 'hana.lindt@lumen-works.example', role: 'admin' },
    ],
    acts: [{ does: 'subscribe', at: at - 9 * DAY, plan: 'monthly' }, ...bulk],
    whenEmpty: null,
  }
}

function company(dice: Dice, span: Span, name: string, checksFrom: number): AccountStory {
  const slug = slugOf(name)
  const timeZone = pickZone(dice)
  const openedAt = span.from + Math.floor(dice.throw() * 0.6 * (span.to - span.from))
  const members = castTeam(dice, name, dice.whole(2, 5))
  const plan = dice.pick(TERMS)
  const weekly = sizeOf(dice, PER_WEEK[plan] ?? 2)
  const acts: Act[] = usesIn(dice, { from: openedAt + 2 * DAY, to: span.to }, timeZone, () => weekly).map(
    (at) => (at > checksFrom && dice.chance(0.2) ? backgroundCheck(dice, at) : request(dice, at, members)),
  )
  acts.push({ does: 'subscribe', at: openedAt + HOUR, plan })
  if (dice.chance(0.25)) acts.push(ownTerms(openedAt + DAY))
  if (dice.chance(0.2))
    acts.push({ does: 'budget', at: openedAt + DAY, name: 'monthly', limit: 100, every: 'month' })
  return {
    id: slug,
    name,
    email: `people@${slug}.example`,
    timeZone,
    currency: timeZone === 'Europe/London' ? 'GBP' : 'USD',
    openedAt,
    members,
    acts: inOrder(acts),
    whenEmpty: dice.chance(0.6)
      ? { refusals: 2, credits: 100, reason: 'Top-up agreed with the success manager' }
      : null,
  }
}

/** $1.80 a credit whatever the amount, through staff. */
function ownTerms(at: number): Act {
  const pricePerCredit = [{ upTo: null, pricePerCredit: [{ micros: 1_800_000, currency: 'USD' }] }]
  return { does: 'terms', at, terms: { from: at, pricePerCredit, actions: {}, buysItself: false } }
}

function request(dice: Dice, at: number, members: readonly Member[]): Act {
  const { name } = castPerson(dice)
  const subject = { type: 'candidate', id: `cand_${dice.whole(1000, 8999)}`, name }
  const action = dice.chance(0.1) ? 'reference.record' : 'reference.request'
  return { does: 'charge', at, action, subject, userId: dice.pick(members).userId }
}

/** Ordered by a stage of the workflow, so nobody stands beside it: the pages say System. */
function backgroundCheck(dice: Dice, at: number): Act {
  const { name } = castPerson(dice)
  const subject = { type: 'candidate', id: `cand_${dice.whole(1000, 8999)}`, name }
  const options = { package: dice.pick(['identity', 'standard', 'enhanced']) }
  return { does: 'charge', at, action: 'background.check', options, subject }
}
