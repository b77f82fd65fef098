import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { parseInstant } from './value-parsers.ts'

const values = `
  select 12::int8 as small, 9007199254740991::int8 as largest, (-9007199254740991)::int8 as smallest,
    array[1, null, 3]::int8[] as int8s, 1.50::numeric as numeric, array[0.10]::numeric[] as numerics,
    date '2024-02-29' as date, array[date '2024-02-29'] as dates,
    timestamptz '2026-11-20 11:38:25.123456+05:30' as instant,
    array[timestamptz '1999-12-31 23:59:59.9Z', null] as instants,
    timestamptz 'infinity' as never, '{"a":[1,null]}'::jsonb as json, true as yes, 0.5::float8 as half,
    count(*) as count from generate_series(1, 3)`

describeOnEachDatabase('values', (database) => {
  test('come as the same JavaScript values from every database', async () => {
    const { rows } = await database().pool.query(values)
    expect(rows).toEqual([
      {
        small: 12,
        largest: Number.MAX_SAFE_INTEGER,
        smallest: -Number.MAX_SAFE_INTEGER,
        int8s: [1, null, 3],
        numeric: '1.50',
        numerics: ['0.10'],
        date: '2024-02-29',
        dates: ['2024-02-29'],
        instant: Date.UTC(2026, 10, 20, 6, 8, 25, 123),
        instants: [Date.UTC(1999, 11, 31, 23, 59, 59, 900), null],
        never: Number.POSITIVE_INFINITY,
        json: { a: [1, null] },
        yes: true,
        half: 0.5,
        count: 3,
      },
    ])
  })

  test('an int8 beyond the safe integers is refused', async () => {
    await expect(database().pool.query('select 9007199254740992::int8 as beyond')).rejects.toThrow(RangeError)
  })

  test('an instant of any zone and year comes back as the milliseconds that were sent', async () => {
    const instants = fc.sample(fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) }), {
      numRuns: 300,
      seed: 20_261_120,
    })
    const { rows } = await database().pool.query<{ instants: number[] }>(
      'select $1::timestamptz[] as instants',
      [instants.map((instant) => new Date(instant).toISOString())],
    )
    expect(rows[0]?.instants).toEqual(instants)
  })
})

test('an instant is read in the zone it is written in', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 30) }),
      fc.integer({ min: -12, max: 14 }),
      (instant, hours) => {
        const local = new Date(instant + hours * 3_600_000).toISOString().replace('T', ' ').replace('Z', '')
        const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}`
        return parseInstant(`${local}${zone}`) === instant
      },
    ),
  )
})

test('an instant out of reach is refused rather than guessed', () => {
  expect(() => parseInstant('0044-03-15 12:00:00+00 BC')).toThrow(RangeError)
  expect(() => parseInstant('10000-01-01 00:00:00+00')).toThrow(RangeError)
})
