/** Picsart: plan credits that reset each month, add-ons that stay, jobs whose failures come back by themselves. */
import { castCompanies, castPerson, castTeam, slugOf } from '../cast.ts'
import type { Dice } from '../dice.ts'
import {
  type AccountStory,
  type Act,
  DAY,
  HOUR,
  inOrder,
  type Member,
  MINUTE,
  pickZone,
  SECOND,
  type Span,
  type Story,
  sizeOf,
  usesIn,
} from '../story.ts'

const PLANS = ['plus', 'plus', 'pro', 'plus-yearly', 'pro-yearly'] as const

/** Never has what 30 seconds of video cost: 200 credits a month that reset. The refusal in the demo is its. */
export const CLIP_MAKER = 'clip-maker'

export function tellPicsart(dice: Dice, span: Span, size: number): Story {
  const teams = castCompanies(dice, Math.ceil(size / 6)).map((name) => team(dice, span, name))
  const people = Array.from({ length: size - teams.length }, (_, index) => person(dice, span, index))
  return {
    product: 'picsart',
    laterCatalogs: [],
    accounts: [clipMaker(span), onResetDay(span), ...teams, ...people],
  }
}

function clipMaker({ to }: Span): AccountStory {
  const from = to - 12 * DAY
  const clip = (at: number, seconds: number): Act => ({
    does: 'hold',
    at,
    action: 'video.generate',
    quantities: { seconds },
    options: { model: 'wan-2.7' },
    userId: 'mei',
    steps: [{ afterMs: 90 * SECOND, took: 'all', final: true }],
  })
  return {
    id: CLIP_MAKER,
    name: 'Mei Tanaka',
    email: 'mei@example.com',
    timeZone: 'Europe/Berlin',
    openedAt: from,
    members: [],
    acts: [
      { does: 'subscribe', at: from + HOUR, plan: 'plus' },
      clip(from + DAY, 8),
      clip(from + 4 * DAY, 6),
    ],
    whenEmpty: null,
  }
}

/** Its plan credits reset today; its add-ons stay. */
function onResetDay({ to }: Span): AccountStory {
  const from = monthsBefore(to, 2)
  return {
    id: 'reset-today',
    name: 'Noor Silva',
    email: 'noor@example.com',
    timeZone: 'UTC',
    openedAt: from,
    members: [],
    acts: [
      {
        does: 'grant',
        at: from + HOUR,
        kind: 'promotional',
        credits: 100,
        reason: 'Add-on, paid by bank transfer',
      },
      { does: 'subscribe', at: from + 2 * HOUR, plan: 'plus' },
      ...[20, 10, 3].map((days): Act => ({ does: 'charge', at: to - days * DAY, action: 'image.expand' })),
    ],
    whenEmpty: null,
  }
}

/** So many months before, on the same day, a little earlier, so that the boundary is just over. */
function monthsBefore(at: number, months: number): number {
  const date = new Date(at - HOUR)
  date.setUTCMonth(date.getUTCMonth() - months)
  return date.getTime()
}

function team(dice: Dice, span: Span, name: string): AccountStory {
  const slug = slugOf(name)
  const members = castTeam(dice, name, dice.whole(3, 8))
  const about = { id: `team_${slug}`, name, email: `hello@${slug}.example`, members }
  return customer(dice, span, about, dice.pick(['pro', 'pro-yearly']), 14)
}

function person(dice: Dice, span: Span, index: number): AccountStory {
  const { name, handle } = castPerson(dice)
  const about = { id: `user_${3000 + index}`, name, email: `${handle}@example.com`, members: [] }
  const plan = dice.chance(0.25) ? null : dice.pick(PLANS)
  return customer(dice, span, about, plan, plan === null ? 1 : plan.startsWith('pro') ? 9 : 5)
}

interface About {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly members: readonly Member[]
}

function customer(dice: Dice, span: Span, about: About, plan: string | null, typical: number): AccountStory {
  const timeZone = pickZone(dice)
  const openedAt = span.from + Math.floor(dice.throw() * 0.8 * (span.to - span.from))
  const subscribesAt = openedAt + dice.whole(1, 20) * DAY
  const leaves = dice.chance(0.25) ? subscribesAt + dice.whole(2, 9) * 30 * DAY : span.to
  const weekly = sizeOf(dice, typical)
  const acts: Act[] = usesIn(
    dice,
    { from: openedAt, to: Math.min(leaves, span.to) },
    timeZone,
    () => weekly,
  ).map((at) => use(dice, at, about.members.length === 0 ? undefined : dice.pick(about.members).userId))
  if (plan !== null && subscribesAt < span.to) acts.push({ does: 'subscribe', at: subscribesAt, plan })
  if (plan !== null && leaves < span.to)
    acts.push({ does: 'cancel', at: leaves - 3 * DAY, when: 'periodEnd' })
  return {
    ...about,
    timeZone,
    openedAt,
    acts: inOrder(acts.filter((act) => act.at < span.to)),
    whenEmpty: dice.chance(0.4)
      ? { refusals: 3, credits: 500, reason: 'Add-on, paid by bank transfer' }
      : null,
  }
}

function use(dice: Dice, at: number, userId: string | undefined): Act {
  const who = {
    subject: { type: 'project', id: `prj_${dice.whole(100, 160)}`, name: null },
    ...(userId === undefined ? {} : { userId }),
  }
  const what = dice.throw()
  if (what < 0.3) {
    const action = dice.pick(['background.remove', 'background.replace', 'image.expand', 'image.vectorize'])
    return { does: 'charge', at, action, ...who }
  }
  if (what < 0.4) {
    const quantities = { pixels: dice.whole(2, 90) * 1_000_000 }
    return { does: 'charge', at, action: 'image.upscale', quantities, ...who }
  }
  const fails = dice.chance(0.06)
  if (what < 0.93) {
    const images = dice.whole(1, 4)
    const took = fails ? (images === 1 ? 'nothing' : { quantities: { images: images - 1 } }) : 'all'
    const [model, quality] = dice.pick([
      ['sketch', 'draft'],
      ['studio', 'standard'],
      ['studio', 'hd'],
      ['photo', 'hd'],
    ] as const)
    const steps = [{ afterMs: dice.whole(5, 40) * SECOND, took, final: true } as const]
    return {
      does: 'hold',
      at,
      action: 'image.generate',
      quantities: { images },
      options: { model, quality },
      ...who,
      steps,
    }
  }
  const steps = [
    { afterMs: dice.whole(1, 5) * MINUTE, took: fails ? 'nothing' : 'all', final: true } as const,
  ]
  const options = { model: dice.pick(['wan-2.7', 'motion-lite', 'motion-pro']), resolution: '720p' }
  return {
    does: 'hold',
    at,
    action: 'video.generate',
    quantities: { seconds: dice.whole(3, 12) },
    options,
    ...who,
    steps,
  }
}
