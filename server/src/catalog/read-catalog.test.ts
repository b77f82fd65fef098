import { describe, expect, test } from 'vitest'
import { readCatalog, sayPlacedError } from './read-catalog.ts'

const HEAD = 'scrip: 1\nproduct: Test\n'

function said(text: string): readonly string[] {
  const read = readCatalog(text, 'catalog.yaml')
  return 'errors' in read ? read.errors.map(sayPlacedError) : []
}

test('a good file is a catalog, and its document is kept as it was written', () => {
  const read = readCatalog(`${HEAD}actions:\n  act: { price: 5 }\n`, 'catalog.yaml')
  expect(read).toMatchObject({
    catalog: { product: 'Test', actions: { act: { price: { parts: [{ credits: 5 }] } } } },
    document: { scrip: 1, product: 'Test', actions: { act: { price: 5 } } },
  })
})

test('an error names the file, the line, the column and the path of the value', () => {
  expect(
    said(
      `${HEAD}actions:\n  image.generate:\n    price:\n      credits: { sd: 1, hd: x }\n      by: model\n`,
    ),
  ).toEqual([
    'catalog.yaml:6:29 actions["image.generate"].price.credits.hd: expected a number of credits, 0 or more, found "x"',
  ])
})

test('every fault has its own place: a key where the key is wrong, the parent where something is missing', () => {
  const text = `${HEAD}plan: {}\npacks:\n  small:\n    credits: 5\ntaxes:\n  - { currency: USD, percent: 18 }\n  - { currency: USD, percent: 180 }\n`
  expect(said(text).map((line) => line.slice(0, 60))).toEqual([
    'catalog.yaml:3:1 plan: expected plans, found the unknown key',
    'catalog.yaml:5:3 packs.small.price: expected a price such as',
    'catalog.yaml:9:31 taxes[1].percent: expected a rate from 0 t',
  ])
})

const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefghi'
  .split('')
  .map((name, index) => {
    const before = 'abcdefghi'[index]
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`
  })
  .join('\n')}\n`

/** title · text · what is said */
const HARMFUL: readonly (readonly [string, string, string])[] = [
  ['an empty file', '', 'catalog.yaml:1:1 expected a catalog, found an empty file'],
  [
    'a key that stands twice',
    `${HEAD}product: Again\n`,
    'catalog.yaml:3:1 expected each key once, found product twice',
  ],
  [
    'a key that stands twice deep down',
    `${HEAD}actions:\n  a: 1\n  a: 2\n`,
    'catalog.yaml:5:3 expected each key once, found a twice',
  ],
  ['a tab as indentation', `${HEAD}plans:\n\ta: 1\n`, 'catalog.yaml:4:'],
  ['an unclosed bracket', `${HEAD}actions: { a: 1\n`, 'catalog.yaml:4:1'],
  ['two documents', `${HEAD}---\nscrip: 1\n`, 'catalog.yaml:3:1 expected one document, found a second one'],
  [
    'an alias',
    `${HEAD}plans:\n  a: &p { credits: 1 }\n  b: *p\n`,
    'catalog.yaml:5:6 expected the value written out, found the alias *p',
  ],
  [
    'an alias that contains itself',
    `${HEAD}plans: &p\n  a: *p\n`,
    'catalog.yaml:4:6 expected the value written out, found the alias *p',
  ],
  ['a bomb of aliases', bomb, 'catalog.yaml:2:8 expected the value written out, found the alias *a'],
  ['an alias of nothing', `${HEAD}plans: *p\n`, 'catalog.yaml:3:8'],
  [
    'a merge key',
    `${HEAD}plans:\n  a:\n    <<: { credits: 1 }\n`,
    'catalog.yaml:5:5 expected the keys written out, found the merge key <<',
  ],
  ['a NUL', `${HEAD}plans: "\0"\n`, 'catalog.yaml:3:9 expected text, found the control character 0'],
  ['a tag that makes other things', `${HEAD}plans: !!js/function 'x'\n`, 'catalog.yaml:3:8'],
  [
    'more than a megabyte',
    `# ${'x'.repeat(10_000_000)}`,
    'catalog.yaml:1:1 expected at most 1000000 bytes, found 10000002',
  ],
  ['a hundred thousand brackets', `${HEAD}plans: ${'['.repeat(100_000)}`, 'catalog.yaml:3:'],
  ['an inherited key', `${HEAD}__proto__: { plans: 1 }\n`, 'catalog.yaml:3:1 __proto__: expected'],
  ['plain text', 'hello', 'catalog.yaml:1:1 expected a mapping with scrip'],
]

describe('a file is refused with its place, and costs nothing, for', () => {
  test.each(HARMFUL)('%s', (_, text, message) => {
    const found = said(text)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]!.slice(0, message.length)).toBe(message)
  })
})
