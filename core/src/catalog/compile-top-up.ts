/** Packs, which are bought once, and top-ups, which are free amounts. */
import { CREDITS_MAX, type Credits } from '../amounts.ts'
import type { Pack, PriceTier, TopUp } from './catalog.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import { readExpiry } from './read-duration.ts'
import { readPrices, readUnitPrices } from './read-money.ts'
import {
  at,
  type Mapping,
  readCredits,
  readCreditsAt,
  readIds,
  readList,
  readMapping,
  readText,
} from './read-values.ts'

const PACK_KEYS = ['name', 'credits', 'price', 'expires', 'plans', 'movesTo']
const TOP_UP_KEYS = [
  'pricePerCredit',
  'minimum',
  'maximum',
  'step',
  'bonus',
  'tiers',
  'expires',
  'movesTo',
  'suggestions',
]
const ENTRIES_MAX = 100

export function compilePack(reading: Reading, id: string, value: unknown, keys: Keys): Pack {
  const pack = readMapping(reading, value, keys, PACK_KEYS)
  const price = readPrices(reading, at(pack, 'price'), [...keys, 'price'])
  const credits = readCreditsAt(reading, pack, 'credits', keys, 0)
  if (at(pack, 'credits') === undefined)
    addError(reading, [...keys, 'credits'], 'missing', 'expected a number of credits, found nothing')
  else if (at(pack, 'credits') === 0)
    expected(reading, [...keys, 'credits'], 'out_of_range', 'more than 0 credits', 0)
  if (at(pack, 'price') === undefined)
    addError(reading, [...keys, 'price'], 'missing', 'expected a price such as 9.00 USD, found nothing')
  return {
    id,
    name: readText(reading, pack, 'name', keys) ?? id,
    credits,
    price,
    expires: readExpiry(reading, at(pack, 'expires'), [...keys, 'expires']),
    plans: readIds(reading, pack, 'plans', keys),
    movesTo: readText(reading, pack, 'movesTo', keys),
  }
}

export function compileTopUp(reading: Reading, value: unknown, keys: Keys): TopUp | null {
  if (value === undefined || value === null) return null
  const topUp = readMapping(reading, value, keys, TOP_UP_KEYS)
  const one = 10 ** reading.decimals
  const step = readCreditsAt(reading, topUp, 'step', keys, one)
  const most = CREDITS_MAX - (CREDITS_MAX % Math.max(1, step))
  const compiled: TopUp = {
    pricePerCredit: readUnitPrices(reading, at(topUp, 'pricePerCredit'), [...keys, 'pricePerCredit']),
    minimum: readCreditsAt(reading, topUp, 'minimum', keys, Math.max(1, step)),
    maximum: readCreditsAt(reading, topUp, 'maximum', keys, most),
    step: Math.max(1, step),
    tiers: compilePriceTiers(reading, at(topUp, 'tiers'), [...keys, 'tiers']),
    bonus: compileBonus(reading, at(topUp, 'bonus'), [...keys, 'bonus']),
    expires: readExpiry(reading, at(topUp, 'expires'), [...keys, 'expires']),
    movesTo: readText(reading, topUp, 'movesTo', keys),
    suggestions: readList(at(topUp, 'suggestions')).map((amount) =>
      readCredits(reading, amount, [...keys, 'suggestions']),
    ),
  }
  refuseContradictions(reading, topUp, compiled, keys)
  return compiled
}

function refuseContradictions(reading: Reading, written: Mapping, topUp: TopUp, keys: Keys): void {
  const contradict = (key: string, what: string) =>
    expected(reading, [...keys, key], 'contradiction', what, at(written, key))
  if (
    topUp.pricePerCredit.length === 0 &&
    topUp.tiers.length === 0 &&
    at(written, 'pricePerCredit') === undefined
  ) {
    addError(
      reading,
      [...keys, 'pricePerCredit'],
      'missing',
      'expected a price per credit such as 0.02 USD, found nothing',
    )
  }
  if (at(written, 'step') === 0) contradict('step', 'a step above 0')
  if (at(written, 'minimum') === 0) contradict('minimum', 'a minimum above 0')
  if (topUp.maximum < topUp.minimum) contradict('maximum', 'a maximum of at least the minimum')
  if (topUp.minimum % topUp.step !== 0) contradict('minimum', 'a multiple of the step')
  for (const amount of topUp.suggestions) {
    const fits = amount >= topUp.minimum && amount <= topUp.maximum && amount % topUp.step === 0
    if (!fits) contradict('suggestions', 'amounts within minimum, maximum and step')
  }
}

function compilePriceTiers(reading: Reading, value: unknown, keys: Keys): readonly PriceTier[] {
  const list = readEntries(reading, value, keys)
  const tiers: PriceTier[] = []
  list.forEach((entry, index) => {
    const path = [...keys, index]
    const tier = readMapping(reading, entry, path, ['upTo', 'pricePerCredit'])
    const upTo =
      at(tier, 'upTo') === undefined ? null : readCredits(reading, at(tier, 'upTo'), [...path, 'upTo'])
    const before = tiers.at(-1)?.upTo ?? 0
    const isLast = index === list.length - 1
    if (isLast && upTo !== null)
      expected(reading, [...path, 'upTo'], 'contradiction', 'no end of the last tier', at(tier, 'upTo'))
    if (!isLast && (upTo === null || upTo <= before)) {
      expected(
        reading,
        [...path, 'upTo'],
        'contradiction',
        'an end above that of the tier before',
        at(tier, 'upTo'),
      )
    }
    if (at(tier, 'pricePerCredit') === undefined) {
      addError(reading, [...path, 'pricePerCredit'], 'missing', 'expected a price per credit, found nothing')
    }
    tiers.push({
      upTo,
      pricePerCredit: readUnitPrices(reading, at(tier, 'pricePerCredit'), [...path, 'pricePerCredit']),
    })
  })
  return tiers
}

function compileBonus(reading: Reading, value: unknown, keys: Keys): TopUp['bonus'] {
  const bonus: { from: Credits; credits: Credits }[] = []
  readEntries(reading, value, keys).forEach((item, index) => {
    const path = [...keys, index]
    const entry = readMapping(reading, item, path, ['from', 'credits'])
    const from = readCredits(reading, at(entry, 'from'), [...path, 'from'])
    const before = bonus.at(-1)
    if (before !== undefined && from <= before.from) {
      expected(
        reading,
        [...path, 'from'],
        'contradiction',
        'a size above that of the entry before',
        at(entry, 'from'),
      )
    }
    bonus.push({ from, credits: readCredits(reading, at(entry, 'credits'), [...path, 'credits']) })
  })
  return bonus
}

function readEntries(reading: Reading, value: unknown, keys: Keys): readonly unknown[] {
  const list = readList(value)
  if (list.length > ENTRIES_MAX) expected(reading, keys, 'too_many', `at most ${ENTRIES_MAX} entries`, list)
  return list.slice(0, ENTRIES_MAX)
}
