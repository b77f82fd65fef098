/** Why the balance is what it is, lot by lot, in words and numbers that add up. */
import {
  type Catalog,
  type Credits,
  type CreditsView,
  formatCredits,
  type Instant,
  type Lot,
  type LotKind,
  type PoolState,
  viewCredits,
} from '@scrip/core'
import { type Ask, catalogOf } from './ask.ts'
import { bookedPool } from './read-pool.ts'
import { sayCredits } from './refusal-facts.ts'

export interface CreditsExplained {
  readonly state: PoolState
  readonly credits: CreditsView
  readonly sentence: string
  readonly lots: readonly { readonly lot: Lot; readonly sentence: string }[]
  /** What is not in an open lot any more: all that came in before, and is used or gone. */
  readonly earlier: { readonly received: Credits; readonly gone: Credits; readonly sentence: string }
}

export async function explainCredits(ask: Ask, accountId: string): Promise<CreditsExplained> {
  const { state } = await bookedPool(ask, accountId)
  const catalog = catalogOf(ask, state.at)
  const credits = viewCredits(state, ask.project.catalogs)
  const lots = [...state.lots, ...state.scheduled].map((lot) => ({
    lot,
    sentence: sayLot(lot, catalog, state.at),
  }))
  return {
    state,
    credits,
    sentence: sayTotals(credits, catalog),
    lots,
    earlier: earlierOf(state, credits, catalog),
  }
}

function sayTotals(view: CreditsView, catalog: Catalog): string {
  const say = (units: Credits): number => formatCredits(units, catalog.credit.decimals)
  const { received, used, removed, balance, held, available } = view
  const heldWords = held === 0 ? '' : `, of which ${say(held)} are held and ${say(available)} can be spent`
  return `${say(received)} received − ${say(used)} used − ${say(removed)} removed = ${say(balance)}${heldWords}.`
}

const KIND_WORDS: Readonly<Record<LotKind, string>> = {
  subscription: 'Plan refill',
  trial: 'Trial credits',
  lifetime: 'Lifetime credits',
  purchased: 'Purchase',
  free: 'Free credits',
  promotional: 'Promotional credits',
  admin_grant: 'Granted by staff',
}

function sayLot(lot: Lot, catalog: Catalog, now: Instant): string {
  const say = (units: Credits): number => formatCredits(units, catalog.credit.decimals)
  const words = [
    `${lot.origin.type === 'grace' ? 'Kept after expiry' : KIND_WORDS[lot.kind]} of ${say(lot.amount)} on ${day(lot.grantedAt)}`,
  ]
  if (lot.effectiveAt > now) words.push(`starts on ${day(lot.effectiveAt)}`)
  if (lot.drawn > 0) words.push(`${say(lot.drawn)} used`)
  if (lot.returned > 0) words.push(`${say(lot.returned)} given back`)
  if (lot.removed > 0) words.push(`${say(lot.removed)} removed`)
  if (lot.held > 0) words.push(`${say(lot.held)} held`)
  words.push(`${say(lot.remaining)} left`)
  words.push(lot.expiresAt === null ? 'never expires' : `expires on ${day(lot.expiresAt)}`)
  return `${words.join(', ')}.`
}

function earlierOf(state: PoolState, view: CreditsView, catalog: Catalog): CreditsExplained['earlier'] {
  let open = 0
  let graced = 0
  for (const lot of state.lots) {
    open += lot.amount
    // What came again after expiry was received once before.
    if (lot.origin.type === 'grace') graced += lot.amount
  }
  const received = view.received - (open - graced)
  const left = [...state.lots].reduce((sum, lot) => sum + lot.remaining + lot.held, 0)
  const gone = received - (view.balance - left)
  const sentence =
    received === 0
      ? 'Nothing came in before.'
      : `Earlier ${sayCredits(received, catalog)} came in and are used or gone.`
  return { received, gone, sentence }
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})

function day(at: Instant): string {
  return DAY.format(at)
}
