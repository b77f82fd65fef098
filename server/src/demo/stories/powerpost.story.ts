/** PowerPost: 50 credits at sign-up, then packs; captions, images and videos, and posts that are published. */
import { castCompanies, castPerson, castTeam, slugOf } from '../cast.ts'
import type { Dice } from '../dice.ts'
import {
  type AccountStory,
  type Act,
  DAY,
  inOrder,
  MINUTE,
  pickZone,
  SECOND,
  type Span,
  type Spend,
  type Story,
  sizeOf,
  usesIn,
} from '../story.ts'

const PLATFORMS = ['x', 'linkedin', 'instagram', 'facebook', 'tiktok', 'youtube'] as const
const MODELS = ['flux2-flex', 'flux2-flex', 'ideogram-3', 'nano-banana-2', 'gpt-image-1.5'] as const

/** The account whose own key answers `"balance": 47`: 50 at sign-up, three posts at 1 each, and nothing since. */
export const NEWCOMER = 'ada'

export function tellPowerPost(dice: Dice, span: Span, size: number): Story {
  const agencies = castCompanies(dice, Math.ceil(size / 2)).map((name) => agency(dice, span, name))
  const creators = Array.from({ length: Math.floor(size / 2) }, (_, index) => creator(dice, span, index))
  return { product: 'powerpost', laterCatalogs: [], accounts: [newcomer(span), ...agencies, ...creators] }
}

function newcomer({ to }: Span): AccountStory {
  const acts = ['linkedin', 'instagram', 'facebook'].map((platform, index): Act => {
    const subject = { type: 'workspace', id: 'ws_ada', name: 'Ada writes' }
    const at = to - (3 - index) * DAY
    return {
      does: 'charge',
      at,
      action: 'post.publish',
      options: { platforms: [platform] },
      userId: 'ada',
      subject,
    }
  })
  return {
    id: NEWCOMER,
    name: 'Ada Bauer',
    email: 'ada@example.com',
    timeZone: 'Europe/Berlin',
    openedAt: to - 5 * DAY,
    members: [],
    acts,
    whenEmpty: null,
  }
}

function agency(dice: Dice, span: Span, name: string): AccountStory {
  const slug = slugOf(name)
  const members = castTeam(dice, name, dice.whole(2, 6))
  const workspaces = castCompanies(dice, dice.whole(1, 4)).map((client) => ({
    type: 'workspace',
    id: `ws_${slugOf(client)}`,
    name: client,
  }))
  const timeZone = pickZone(dice)
  const openedAt = span.from + Math.floor(dice.throw() * 0.7 * (span.to - span.from))
  const growth = 0.5 + dice.throw()
  const weekly = sizeOf(dice, 8)
  const perWeek = (at: number): number => weekly * (1 + (growth * (at - openedAt)) / (365 * DAY))
  const acts = usesIn(dice, { from: openedAt, to: span.to }, timeZone, perWeek).map((at) =>
    use(dice, at, { userId: dice.pick(members).userId, subject: dice.pick(workspaces) }),
  )
  return {
    id: `org_${slug}`,
    name,
    email: `hello@${slug}.example`,
    timeZone,
    openedAt,
    members,
    acts: inOrder(acts),
    whenEmpty: {
      refusals: dice.whole(1, 3),
      credits: weekly > 10 ? 1500 : 500,
      reason: 'Paid by bank transfer',
    },
  }
}

function creator(dice: Dice, span: Span, index: number): AccountStory {
  const { name, handle } = castPerson(dice)
  const timeZone = pickZone(dice)
  const openedAt = span.from + Math.floor(dice.throw() * 0.9 * (span.to - span.from))
  const staysMs = dice.chance(0.4) ? dice.whole(10, 80) * DAY : span.to - openedAt
  const used = { from: openedAt, to: Math.min(span.to, openedAt + staysMs) }
  const weekly = sizeOf(dice, 5)
  const subject = { type: 'workspace', id: `ws_${handle}`, name }
  const userId = `usr_${1000 + index}`
  const acts: Act[] = usesIn(dice, used, timeZone, () => weekly).map((at) =>
    use(dice, at, { userId, subject }),
  )
  if (dice.chance(0.3)) {
    const at = used.from + 14 * DAY
    acts.push({
      does: 'grant',
      at,
      kind: 'promotional',
      credits: 100,
      reason: 'Welcome back',
      expiresAt: at + 60 * DAY,
    })
  }
  return {
    id: userId,
    name,
    email: `${handle}@example.com`,
    timeZone,
    openedAt,
    members: [],
    acts: inOrder(acts),
    whenEmpty: dice.chance(0.5) ? { refusals: 2, credits: 100, reason: 'Paid by bank transfer' } : null,
  }
}

function use(dice: Dice, at: number, who: Pick<Spend, 'userId' | 'subject'>): Act {
  const what = dice.throw()
  if (what < 0.4) return caption(dice, at, who)
  if (what < 0.6) return images(dice, at, who)
  if (what < 0.65) return video(dice, at, who)
  return publish(dice, at, who)
}

function caption(dice: Dice, at: number, who: Pick<Spend, 'userId' | 'subject'>): Act {
  const quantities = dice.chance(0.3)
    ? { images: dice.whole(1, 4) }
    : dice.chance(0.1)
      ? { videoSeconds: dice.whole(20, 180) }
      : {}
  const options = { research: dice.chance(0.25) ? 'deep' : 'regular', platforms: platforms(dice) }
  const refund = dice.chance(0.03)
    ? { refund: { afterMs: 40 * SECOND, reason: 'The generation failed' } }
    : {}
  return { does: 'charge', at, action: 'caption.generate', quantities, options, ...who, ...refund }
}

function images(dice: Dice, at: number, who: Pick<Spend, 'userId' | 'subject'>): Act {
  const asked = dice.whole(1, 4)
  const done = dice.chance(0.12) ? dice.whole(0, asked) : asked
  const took = done === 0 ? 'nothing' : done === asked ? 'all' : { quantities: { images: done } }
  const afterMs = dice.whole(8, 50) * SECOND
  return {
    does: 'hold',
    at,
    action: 'image.generate',
    quantities: { images: asked },
    options: { model: dice.pick(MODELS), size: dice.pick(['square', 'story']) },
    ...who,
    steps: [{ afterMs, took, final: true }],
  }
}

function video(dice: Dice, at: number, who: Pick<Spend, 'userId' | 'subject'>): Act {
  const [model, duration, audio] = dice.pick([
    ['kling-3.0-pro', '5s', 'off'],
    ['kling-3.0-pro', '10s', 'on'],
    ['veo-3.1', '4s', 'off'],
    ['veo-3.1', '8s', 'on'],
    ['runway-gen-4.5', '5s', 'off'],
  ] as const)
  const took = dice.chance(0.08) ? 'nothing' : 'all'
  const afterMs = dice.whole(1, 6) * MINUTE
  return {
    does: 'hold',
    at,
    action: 'video.generate',
    options: { model, duration, audio },
    ...who,
    steps: [{ afterMs, took, final: true }],
  }
}

function publish(dice: Dice, at: number, who: Pick<Spend, 'userId' | 'subject'>): Act {
  return { does: 'charge', at, action: 'post.publish', options: { platforms: platforms(dice) }, ...who }
}

function platforms(dice: Dice): readonly string[] {
  const chosen = PLATFORMS.filter((platform) => dice.chance(platform === 'x' ? 0.35 : 0.4))
  return chosen.length === 0 ? ['linkedin'] : chosen
}
