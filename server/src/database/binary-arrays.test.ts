import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Element, type ElementType, openArrayWriter } from './binary-arrays.ts'

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

const NAMES: Readonly<Record<ElementType, string>> = {
  smallint: 'smallint',
  int: 'int',
  bigint: 'bigint',
  text: 'text',
  boolean: 'boolean',
  instant: 'timestamptz',
}

const KINDS: Readonly<Record<ElementType, fc.Arbitrary<Element>>> = {
  smallint: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  bigint: fc.maxSafeInteger(),
  text,
  boolean: fc.boolean(),
  instant: fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) }),
}

const column = fc
  .constantFrom(...(Object.keys(KINDS) as ElementType[]))
  .chain((type) =>
    fc.record({ type: fc.constant(type), values: fc.array(fc.option(KINDS[type]), { maxLength: 20 }) }),
  )

function write(type: ElementType, values: readonly Element[], bytes = 1_000): Buffer {
  return openArrayWriter(bytes).write(type, values.length, (index) => values[index] as Element)
}

describeOnEachDatabase('binary arrays', (database) => {
  test('columns come back as they were sent, whatever they contain and however little room was guessed', async () => {
    const property = fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 8 }), async (columns) => {
      const writer = openArrayWriter(0)
      const sent = columns.map(({ type, values }) =>
        writer.write(type, values.length, (at) => values[at] as Element),
      )
      const lists = columns.map(({ type }, at) => `$${at + 1}::${NAMES[type]}[] as c${at}`)
      const { rows } = await database().pool.query(`select ${lists.join(', ')}`, sent)
      const back = columns.map((_, at) => rows[0][`c${at}`])
      expect(back).toEqual(
        columns.map(({ values }) => (values.every((value) => value === null) ? [] : values)),
      )
    })
    await fc.assert(property, { numRuns: 200 })
  })

  test('a column larger than the memory that was there moves to a larger piece, and the others stay', async () => {
    const writer = openArrayWriter(1_024)
    const first = writer.write('text', 3, (at) => `${at}`.repeat(100))
    const second = writer.write('text', 500, (at) => `é${at}`.repeat(50))
    const { rows } = await database().pool.query('select $1::text[] as first, $2::text[] as second', [
      first,
      second,
    ])
    expect(rows[0].first).toEqual(['0'.repeat(100), '1'.repeat(100), '2'.repeat(100)])
    expect(rows[0].second).toEqual(Array.from({ length: 500 }, (_, at) => `é${at}`.repeat(50)))
  })
})

test.each([
  ['bigint', 2 ** 53],
  ['bigint', 1.5],
  ['bigint', Number.NaN],
  ['int', 2 ** 31],
  ['smallint', 2 ** 15],
] as const)('what a %s cannot hold is refused before the database sees it (%d)', (type, value) => {
  expect(() => write(type, [value])).toThrow(RangeError)
})
