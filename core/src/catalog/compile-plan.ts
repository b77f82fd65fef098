/** Plans: what a customer subscribes to (`every`), or is on for ever (a base plan). */
import type { Credits } from '../amounts.ts'
import { type Duration, isYearOrLonger } from '../calendar.ts'
import type { Plan, Rollover, Trial } from './catalog.ts'
import { compileTopUp } from './compile-top-up.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import { readCalendarDuration } from './read-duration.ts'
import { readPrices } from './read-money.ts'
import {
  at,
  isMapping,
  type Mapping,
  readChoice,
  readCredits,
  readCreditsAt,
  readFlag,
  readMapping,
  readText,
  readWhole,
} from './read-values.ts'

const PLAN_KEYS = [
  'name',
  'description',
  'price',
  'every',
  'credits',
  'creditsEvery',
  'rollover',
  'trial',
  'term',
  'renewal',
  'onEnd',
  'refill',
  'pastDueDays',
  'topUp',
  'retired',
]

const PAST_DUE_DAYS = 7
const PAST_DUE_DAYS_MAX = 365
const WINDOW_FOR_YEARS: Duration = { count: 90, unit: 'day' }
const WINDOW_BELOW_YEARS: Duration = { count: 30, unit: 'day' }

export function compilePlan(reading: Reading, id: string, value: unknown, keys: Keys): Plan {
  const plan = readMapping(reading, value, keys, PLAN_KEYS)
  const { every, creditsEvery, term } = compilePeriods(reading, plan, keys)
  const credits = readCreditsAt(reading, plan, 'credits', keys, 0)
  if (every === null) refuseOnBasePlan(reading, plan, keys)
  return {
    id,
    name: readText(reading, plan, 'name', keys) ?? id,
    description: readText(reading, plan, 'description', keys),
    price:
      at(plan, 'price') === 'custom' ? 'custom' : readPrices(reading, at(plan, 'price'), [...keys, 'price']),
    every,
    credits,
    creditsEvery,
    rollover: compileRollover(reading, at(plan, 'rollover'), [...keys, 'rollover'], creditsEvery, credits),
    trial: compileTrial(reading, at(plan, 'trial'), [...keys, 'trial']),
    term,
    onEnd: readChoice(reading, plan, 'onEnd', keys, ['keep', 'expire'], 'keep'),
    refill: readChoice(reading, plan, 'refill', keys, ['onTime', 'whenPaid'], 'onTime'),
    pastDueDays: readWhole(reading, plan, 'pastDueDays', keys, 0, PAST_DUE_DAYS_MAX, PAST_DUE_DAYS),
    topUp: compileTopUp(reading, at(plan, 'topUp'), [...keys, 'topUp']),
    retired: readFlag(reading, plan, 'retired', keys, false),
  }
}

interface Periods {
  readonly every: Duration | null
  readonly creditsEvery: Duration | null
  readonly term: Duration | null
}

/** A plan with a term and no `every` is one period; `renewal: manual` without a term is a term of one period. */
function compilePeriods(reading: Reading, plan: Mapping, keys: Keys): Periods {
  const read = (key: string) => readCalendarDuration(reading, at(plan, key), [...keys, key])
  const written = { every: read('every'), creditsEvery: read('creditsEvery'), term: read('term') }
  const absent = written.term === null ? 'automatic' : 'manual'
  const renewal = readChoice(reading, plan, 'renewal', keys, ['automatic', 'manual'], absent)
  if (renewal === 'automatic' && written.term !== null) {
    addError(reading, [...keys, 'renewal'], 'contradiction', 'expected manual beside a term, found automatic')
  }
  const every = written.every ?? written.term
  const term = written.term ?? (renewal === 'manual' ? every : null)
  const creditsEvery = written.creditsEvery ?? every
  if (every !== null && creditsEvery !== null && roughDays(creditsEvery) > roughDays(every)) {
    const path = [...keys, 'creditsEvery']
    expected(
      reading,
      path,
      'contradiction',
      'credits at least as often as the bill',
      at(plan, 'creditsEvery'),
    )
  }
  if (every !== null && term !== null && roughDays(every) > roughDays(term)) {
    expected(reading, [...keys, 'term'], 'contradiction', 'a term of at least one period', at(plan, 'term'))
  }
  return { every, creditsEvery: every === null ? null : creditsEvery, term: every === null ? null : term }
}

const DAYS: Readonly<Record<Duration['unit'], number>> = {
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30.5,
  quarter: 91.5,
  year: 366,
}

/** Long enough to compare two lengths; never to add to an instant. */
function roughDays(length: Duration): number {
  return length.count * DAYS[length.unit]
}

/** What needs periods makes no sense on a plan that has none. */
function refuseOnBasePlan(reading: Reading, plan: Mapping, keys: Keys): void {
  for (const key of ['creditsEvery', 'rollover', 'trial', 'renewal', 'refill', 'pastDueDays']) {
    if (at(plan, key) === undefined) continue
    addError(
      reading,
      [...keys, key],
      'contradiction',
      `expected every beside ${key}, found a plan without periods`,
    )
  }
}

function compileRollover(
  reading: Reading,
  value: unknown,
  keys: Keys,
  period: Duration | null,
  refill: Credits,
): Rollover {
  if (period === null) return { kind: 'keep' }
  if (value === undefined || value === null || value === 'reset') return { kind: 'reset' }
  if (value === 'keep') return { kind: 'keep' }
  const usual = isYearOrLonger(period) ? WINDOW_FOR_YEARS : WINDOW_BELOW_YEARS
  if (value === 'window') return { kind: 'window', window: usual }
  if (isMapping(value) && Object.hasOwn(value, 'window')) {
    readMapping(reading, value, keys, ['window'])
    const window = readCalendarDuration(reading, value.window, [...keys, 'window'])
    return { kind: 'window', window: window ?? usual }
  }
  if (isMapping(value) && Object.hasOwn(value, 'bank')) return compileBank(reading, value, keys, refill)
  expected(reading, keys, 'not_a_choice', 'reset, keep, window, { window: 45 days } or { bank: 600 }', value)
  return { kind: 'reset' }
}

function compileBank(reading: Reading, value: Mapping, keys: Keys, refill: Credits): Rollover {
  readMapping(reading, value, keys, ['bank', 'counts'])
  const limit = readCredits(reading, value.bank, [...keys, 'bank'])
  const counts = readChoice(reading, value, 'counts', keys, ['carried', 'total'], 'carried')
  if (counts === 'total' && limit < refill) {
    const why = 'a limit of at least one refill, since counts is total'
    expected(reading, [...keys, 'bank'], 'contradiction', why, value.bank)
  }
  return { kind: 'bank', limit, counts }
}

function compileTrial(reading: Reading, value: unknown, keys: Keys): Trial | null {
  if (value === undefined || value === null) return null
  const trial = readMapping(reading, value, keys, ['length', 'credits', 'converts'])
  const length = readCalendarDuration(reading, at(trial, 'length'), [...keys, 'length'])
  if (at(trial, 'length') === undefined)
    addError(reading, [...keys, 'length'], 'missing', 'expected a length such as 7 days, found nothing')
  return {
    length: length ?? { count: 1, unit: 'day' },
    credits: readCreditsAt(reading, trial, 'credits', keys, 0),
    converts: readFlag(reading, trial, 'converts', keys, true),
  }
}
