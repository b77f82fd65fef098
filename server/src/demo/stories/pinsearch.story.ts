/** Pinsearch: trials, Basic, Plus and Pro with a bank limit, Lifetime; articles from images and topics. */
import { castPerson } from '../cast.ts'
import type { Dice } from '../dice.ts'
import {
  type AccountStory,
  type Act,
  DAY,
  inOrder,
  MINUTE,
  pickZone,
  type Span,
  type Story,
  sizeOf,
  usesIn,
} from '../story.ts'

const PLANS = ['basic', 'basic', 'plus', 'plus', 'pro', 'basic-yearly', 'pro-yearly'] as const
const PER_WEEK: Readonly<Record<string, number>> = { basic: 2.5, plus: 6, pro: 14 }

export function tellPinsearch(dice: Dice, span: Span, size: number): Story {
  const accounts = Array.from({ length: size }, (_, index) => blogger(dice, span, index))
  return {
    product: 'pinsearch',
    laterCatalogs: [],
    accounts: [paused(span), pastDue(span), lifetime(dice, span), ...accounts],
  }
}

/** Paused with 120 credits: kept, and not to be spent until it is resumed. */
function paused({ to }: Span): AccountStory {
  const from = to - 20 * DAY
  return {
    ...someone('paused', 'Pia Castro', from),
    acts: [
      { does: 'subscribe', at: from + DAY, plan: 'plus' },
      ...[60, 70, 50].map((images, index) => article(from + (3 + index) * DAY, images)),
      { does: 'pause', at: to - 2 * DAY },
    ],
  }
}

/** Past due: access for seven days, and then no more. */
function pastDue({ to }: Span): AccountStory {
  const from = to - 40 * DAY
  return {
    ...someone('past-due', 'Omar Novak', from),
    acts: [
      { does: 'subscribe', at: from + DAY, plan: 'basic' },
      article(from + 4 * DAY, 12),
      article(from + 33 * DAY, 30),
      { does: 'paymentFailed', at: to - 3 * DAY },
    ],
  }
}

function lifetime(dice: Dice, span: Span): AccountStory {
  const from = span.from + 30 * DAY
  const uses = usesIn(dice, { from: from + DAY, to: span.to }, 'Europe/Berlin', () => 1)
  return {
    ...someone('lifetime', 'Vera Okafor', from),
    acts: [{ does: 'subscribe', at: from + DAY, plan: 'lifetime' }, ...uses.map((at) => use(dice, at))],
  }
}

function someone(id: string, name: string, openedAt: number): Omit<AccountStory, 'acts'> {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.com`
  return { id, name, email, timeZone: 'Europe/Berlin', openedAt, members: [], whenEmpty: null }
}

function article(at: number, images: number): Act {
  return { does: 'charge', at, action: 'article.from-images', quantities: { images } }
}

function blogger(dice: Dice, span: Span, index: number): AccountStory {
  const { name, handle } = castPerson(dice)
  const timeZone = pickZone(dice)
  const openedAt = span.from + Math.floor(dice.throw() * 0.85 * (span.to - span.from))
  const plan = dice.pick(PLANS)
  const tries = !plan.endsWith('yearly') && dice.chance(0.6)
  const converts = !tries || dice.chance(0.6)
  const paysFrom = openedAt + (tries ? 9 * DAY : DAY)
  const leaves = dice.chance(0.3) ? paysFrom + dice.whole(1, 8) * 30 * DAY : span.to
  const until = converts ? Math.min(leaves, span.to) : openedAt + 12 * DAY
  const weekly = sizeOf(dice, PER_WEEK[plan.replace('-yearly', '')] ?? 3)
  const acts: Act[] = usesIn(
    dice,
    { from: openedAt + DAY, to: Math.min(until, span.to) },
    timeZone,
    () => weekly,
  ).map((at) => use(dice, at))
  if (tries) acts.push({ does: 'subscribe', at: openedAt + DAY / 2, plan, trial: true })
  if (converts) acts.push({ does: 'subscribe', at: paysFrom, plan })
  if (converts && leaves < span.to) acts.push({ does: 'cancel', at: leaves - 5 * DAY, when: 'periodEnd' })
  if (converts) acts.push(...changes(dice, plan, paysFrom, leaves))
  return {
    id: `user_${2000 + index}`,
    name,
    email: `${handle}@example.com`,
    timeZone,
    openedAt,
    members: [],
    acts: inOrder(acts.filter((act) => act.at < span.to)),
    whenEmpty: dice.chance(0.3) ? { refusals: 12, credits: 50, reason: 'A present from support' } : null,
  }
}

function changes(dice: Dice, plan: string, from: number, to: number): readonly Act[] {
  const acts: Act[] = []
  const middle = from + 70 * DAY
  if (middle > to - 40 * DAY) return acts
  if (plan === 'basic' && dice.chance(0.5))
    acts.push({ does: 'subscribe', at: middle, plan: 'plus', when: 'now' })
  if (plan === 'pro' && dice.chance(0.4))
    acts.push({ does: 'subscribe', at: middle, plan: 'basic', when: 'periodEnd' })
  if (plan === 'plus' && dice.chance(0.4)) {
    acts.push({ does: 'paymentFailed', at: middle }, { does: 'paymentReceived', at: middle + 2 * DAY })
  }
  if (plan === 'plus' && dice.chance(0.3)) {
    acts.push({ does: 'pause', at: middle + 10 * DAY }, { does: 'resume', at: middle + 30 * DAY })
  }
  return acts
}

function use(dice: Dice, at: number): Act {
  const subject = { type: 'article', id: `art_${dice.whole(100_000, 999_999)}`, name: null }
  const what = dice.throw()
  if (what < 0.2) return { does: 'charge', at, action: 'pin.titles', subject }
  if (what < 0.3) return { does: 'charge', at, action: 'article.image-again', subject }
  const failed = dice.chance(0.12) ? dice.whole(1, 3) : 0
  const credits = what < 0.7 ? failed : failed * 2
  const refund = failed === 0 ? {} : { refund: { afterMs: 2 * MINUTE, credits, reason: `${failed} failed` } }
  return what < 0.7
    ? {
        does: 'charge',
        at,
        action: 'article.from-images',
        quantities: { images: dice.whole(4, 40) },
        subject,
        ...refund,
      }
    : {
        does: 'charge',
        at,
        action: 'article.from-topic',
        quantities: { items: dice.whole(3, 15) },
        subject,
        ...refund,
      }
}
