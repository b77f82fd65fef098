/** 9pic: pay as you go. An event costs what was processed; some organisations have one big month and then nothing. */
import { castCompanies, castTeam, slugOf } from '../cast.ts'
import type { Dice } from '../dice.ts'
import {
  type AccountStory,
  type Act,
  DAY,
  HOUR,
  inOrder,
  type Member,
  MINUTE,
  type Span,
  type Step,
  type Story,
  usesIn,
} from '../story.ts'

export function tell9pic(dice: Dice, span: Span, size: number): Story {
  const organisations = castCompanies(dice, size).map((name) => organisation(dice, span, name))
  return { product: '9pic', laterCatalogs: [], accounts: [oneSpike(dice, span), ...organisations] }
}

/** One spike month, and empty ones off season. */
function oneSpike(dice: Dice, span: Span): AccountStory {
  const openedAt = span.from + 2 * DAY
  const members = castTeam(dice, 'Coast Marathon', 3)
  const season = span.from + 150 * DAY
  const events = Array.from({ length: 6 }, (_, index) => event(dice, season + index * 3 * DAY, members, 4000))
  const acts: readonly Act[] = [
    { does: 'subscribe', at: season - 5 * DAY, plan: 'payg' },
    {
      does: 'grant',
      at: season - 5 * DAY,
      kind: 'admin_grant',
      credits: 30_000,
      reason: 'Paid by bank transfer',
    },
    ...events.flat(),
  ]
  return {
    id: 'coast-marathon',
    name: 'Coast Marathon',
    email: 'race@coast-marathon.example',
    timeZone: 'Asia/Kolkata',
    currency: 'INR',
    openedAt,
    members,
    acts: inOrder(acts),
    whenEmpty: { refusals: 1, credits: 10_000, reason: 'Paid by bank transfer' },
  }
}

function organisation(dice: Dice, span: Span, name: string): AccountStory {
  const slug = slugOf(name)
  const isIndian = dice.chance(0.5)
  const timeZone = isIndian ? 'Asia/Kolkata' : 'Europe/London'
  const openedAt = span.from + Math.floor(dice.throw() * 0.8 * (span.to - span.from))
  const members = castTeam(dice, name, dice.whole(2, 4))
  const photos = dice.pick([80, 300, 300, 1500])
  const perWeek = dice.pick([0.3, 0.6, 1.2, 2])
  const growing = dice.chance(0.4)
  const rate = (at: number): number =>
    growing ? perWeek * (0.4 + (2 * (at - openedAt)) / (span.to - openedAt)) : perWeek
  const acts = usesIn(dice, { from: openedAt + DAY, to: span.to - 2 * DAY }, timeZone, rate).flatMap((at) =>
    event(dice, at, members, photos),
  )
  const pays = dice.chance(0.75)
  if (pays) acts.push({ does: 'subscribe', at: openedAt + 10 * DAY, plan: 'payg' })
  if (pays && dice.chance(0.2)) acts.push({ does: 'subscribe', at: openedAt + 30 * DAY, plan: 'pro' })
  return {
    id: `org_${slug}`,
    name,
    email: `events@${slug}.example`,
    timeZone,
    currency: isIndian ? 'INR' : 'USD',
    openedAt,
    members,
    acts: inOrder(acts.filter((act) => act.at < span.to)),
    whenEmpty: pays
      ? { refusals: 1, credits: photos > 1000 ? 10_000 : 1000, reason: 'Paid by bank transfer' }
      : null,
  }
}

/** Created, filled, processed in batches, live; sometimes a watermark again or a rotation. */
function event(dice: Dice, at: number, members: readonly Member[], typical: number): Act[] {
  const number = dice.whole(10_000, 99_999)
  const subject = { type: 'event', id: `evt_${number}`, name: `Event ${number}` }
  const who = { subject, userId: dice.pick(members).userId }
  const photos = Math.max(10, Math.round(typical * (0.4 + dice.throw() * 1.2)))
  const acts: Act[] = [
    { does: 'charge', at, action: 'event.create', ...who },
    {
      does: 'hold',
      at: at + 2 * HOUR,
      action: 'photo.process',
      quantities: { photos },
      options: { search: dice.chance(0.6) ? ['selfie', 'bib'] : ['selfie'] },
      atMost: 'photos',
      ...who,
      steps: batches(dice, photos),
    },
  ]
  if (dice.chance(0.15))
    acts.push({ does: 'charge', at: at + DAY, action: 'watermark.again', quantities: { photos }, ...who })
  // Rotations run by themselves after an upload: nobody stands beside them.
  if (dice.chance(0.1)) {
    const quantities = { photos: Math.ceil(photos / 4) }
    acts.push({ does: 'charge', at: at + 5 * HOUR, action: 'photo.rotate', quantities, subject })
  }
  return acts
}

/** In two steps where there are many, and now and then the last photos cannot be read. */
function batches(dice: Dice, photos: number): readonly Step[] {
  const failed = dice.chance(0.15) ? dice.whole(1, 9) : 0
  const first = photos < 500 ? 0 : Math.floor(photos / 2)
  const took = failed === 0 ? 'all' : { quantities: { photos: photos - first - failed } }
  const last: Step = { afterMs: 40 * MINUTE, took, final: true }
  if (first === 0) return [last]
  return [{ afterMs: 15 * MINUTE, took: { quantities: { photos: first } }, final: false }, last]
}
