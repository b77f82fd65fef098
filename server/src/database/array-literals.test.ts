import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { booleanArray, instantArray, int8Array, jsonArray, textArray } from './array-literals.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    'NULL',
    'null',
    '{}',
    '{"a"}',
    '"',
    '\\',
    '\\"',
    ',',
    ' a ',
    '\n\t',
    '\\x41',
    'é',
    '😀',
    "'",
    '$1',
  ),
)
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
  fc.array(fc.option(value), { maxLength: 20 })

describeOnEachDatabase('array literals', (database) => {
  async function sendAndRead(type: string, literal: string): Promise<unknown> {
    const { rows } = await database().pool.query(`select $1::${type}[] as back`, [literal])
    return rows[0].back
  }

  function comesBack<T>(
    type: string,
    value: fc.Arbitrary<T>,
    encode: (values: (T | null)[]) => string,
  ): Promise<void> {
    const property = fc.asyncProperty(orNull(value), async (values) => {
      expect(await sendAndRead(type, encode(values))).toEqual(values)
    })
    return fc.assert(property, { numRuns: 100 })
  }

  test('texts come back as they were sent, whatever they contain', () => comesBack('text', text, textArray))

  test('integers come back as they were sent', () => comesBack('int8', fc.maxSafeInteger(), int8Array))

  test('booleans come back as they were sent', () => comesBack('bool', fc.boolean(), booleanArray))

  test('instants come back as they were sent', () =>
    comesBack(
      'timestamptz',
      fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) }),
      instantArray,
    ))

  test('JSON comes back as it was sent', async () => {
    const json = fc.dictionary(
      text,
      fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })),
    )
    const property = fc.asyncProperty(orNull(json), async (values) => {
      const { rows } = await database().pool.query('select element from unnest($1::jsonb[]) as element', [
        jsonArray(values),
      ])
      expect(rows.map((row) => row.element)).toEqual(values.map((value) => structuredClone(value)))
    })
    await fc.assert(property, { numRuns: 100 })
  })

  test('an array reads as the one that node-postgres would have sent', async () => {
    const values = ['a', null, '', 'NULL', '"\\{,}']
    const { rows } = await database().pool.query('select $1::text[] = $2::text[] as same', [
      textArray(values),
      values,
    ])
    expect(rows[0].same).toBe(true)
  })
})

test('a number that is no safe integer is refused before it is sent', () => {
  for (const value of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    expect(() => int8Array([1, value])).toThrow(RangeError)
  }
})
