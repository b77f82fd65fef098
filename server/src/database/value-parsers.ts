import pg from 'pg'

/**
 * How the database's values become ours, the same on every database: PGlite by itself gives an int8 as
 * number or BigInt by its size, node-postgres as a string, and both make a Date of every timestamp.
 */

type Parse = (text: string) => unknown

const oids = {
  int8: 20,
  json: 114,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
  int8Array: 1016,
  timestampArray: 1115,
  dateArray: 1182,
  timestamptzArray: 1185,
  numericArray: 1231,
}

/** An int8 beyond 2^53 − 1 is refused: no amount, sequence or count of ours may ever reach it. */
function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`)
  return value
}

const plainTimestamp =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-]\d\d)?(?::(\d\d))?(?::(\d\d))?$/

/** Epoch milliseconds; microseconds are cut off, as business instants have none. */
export function parseInstant(text: string): number {
  if (text.charCodeAt(text.length - 3) === 43 && text.endsWith('+00')) {
    const fast = parseUtc(text)
    if (fast !== undefined) return fast
  }
  return parseAnyInstant(text)
}

/** `2026-11-20 11:38:25.123+00`, the form every session of ours asks for, without a pattern or a Date. */
function parseUtc(text: string): number | undefined {
  if (text.length < 22 || text.length > 29 || text.charCodeAt(4) !== 45 || text.charCodeAt(10) !== 32)
    return undefined
  const days = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2))
  const seconds = digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60 + digits(text, 17, 2)
  let milliseconds = 0
  const fraction = text.length - 3 - 20
  for (let i = 0, unit = 100; i < fraction && i < 3; i++, unit /= 10)
    milliseconds += digits(text, 20 + i, 1) * unit
  return days * 86_400_000 + seconds * 1000 + milliseconds
}

function digits(text: string, start: number, count: number): number {
  let value = 0
  for (let i = start; i < start + count; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; months counted from March, so that February is last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return 365 * marchYear + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 719_469
}

/** Other zones, and `infinity`. Years of five digits and before Christ are refused: no instant of ours is there. */
function parseAnyInstant(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  const match = plainTimestamp.exec(text)
  if (match === null) throw new RangeError(`${text} is not an instant between the years 1 and 9999`)
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    zoneHour = '+00',
    zoneMinute = '0',
    zoneSecond = '0',
  ] = match
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const local = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  const sign = zoneHour.startsWith('-') ? -1 : 1
  const offset = sign * ((Math.abs(Number(zoneHour)) * 60 + Number(zoneMinute)) * 60 + Number(zoneSecond))
  return (
    daysSinceEpoch(Number(year), Number(month), Number(day)) * 86_400_000 +
    (local - offset) * 1000 +
    milliseconds
  )
}

const asIs: Parse = (text) => text

function arrayOf(parse: Parse): Parse {
  const textArray = 1009
  const elements = pg.types.getTypeParser(textArray as never, 'text') as (
    text: string,
  ) => readonly (string | null)[]
  return (text) => elements(text).map((element) => (element === null ? null : parse(element)))
}

const parsers = new Map<number, Parse>([
  [oids.int8, parseInt8],
  [oids.int8Array, arrayOf(parseInt8)],
  [oids.timestamptz, parseInstant],
  [oids.timestamptzArray, arrayOf(parseInstant)],
  [oids.timestamp, parseInstant],
  [oids.timestampArray, arrayOf(parseInstant)],
  [oids.numeric, asIs],
  [oids.numericArray, arrayOf(asIs)],
  [oids.date, asIs],
  [oids.dateArray, arrayOf(asIs)],
  [oids.json, JSON.parse],
  [oids.jsonb, JSON.parse],
])

/** For the `types` of a pool or a client: our parsers first, then node-postgres's own. */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    const parse = format === 'binary' ? undefined : parsers.get(oid)
    return parse ?? pg.types.getTypeParser(oid, format ?? 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}
