/** Each product's walk.md says what is so: what it calls proved is the title of a test, and no test is left out. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stepsIn } from '../scenarios/by-hand.ts'
import { sectionOf } from './papers.ts'
import { ROOT } from './source-files.ts'
import { titlesIn, walkedIn, walkFaults } from './walk.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const products = readdirSync(join(ROOT, 'catalogs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test('The five products are there, each with its walk.', () => {
  expect(products).toEqual(['9pic', 'picsart', 'pinpoint', 'pinsearch', 'powerpost'])
  expect(products.filter((product) => !existsSync(join(ROOT, `catalogs/${product}/walk.md`)))).toEqual([])
})

describe.each(products)('catalogs/%s/walk.md', (product) => {
  const walk = read(`catalogs/${product}/walk.md`)

  test.each([
    ['What the page says', `tests/scenarios/${product}-page.scenario.test.ts`],
    ['What else is known of it', `tests/scenarios/${product}.scenario.test.ts`],
  ])('“%s” lists the tests of %s, all of them, in their order', (heading, file) => {
    const walked = walkedIn(sectionOf(walk, heading))
    expect(walked.length).toBeGreaterThan(10)
    expect(walkFaults(walked, titlesIn(read(file)))).toEqual([])
  })

  test('calls nothing proved that waits', () => {
    expect(walkedIn(sectionOf(walk, 'What waits'))).toEqual([])
  })

  test('names the two files that walk it', () => {
    const intro = walk.slice(0, walk.indexOf('\n## '))
    expect(intro).toContain(`\`tests/scenarios/${product}-page.scenario.test.ts\``)
    expect(intro).toContain(`\`tests/scenarios/${product}.scenario.test.ts\``)
  })
})

describe('a walk that is wrong is noticed', () => {
  const file = "describe('x', () => { test('It costs 5.', f); test(`It’s free.`, f); test(title, f) })"

  test('the reader sees sentences with their numbers, and titles that are written out', () => {
    const section = '1. **It costs 5.**\n   shown\n2. **It’s free.**\n\n* **It waits.**\n'
    expect(walkedIn(section)).toEqual([
      { number: 1, sentence: 'It costs 5.' },
      { number: 2, sentence: 'It’s free.' },
    ])
    expect(titlesIn(file)).toEqual(['It costs 5.', 'It’s free.'])
  })

  test.each([
    [
      'a sentence without a test',
      '1. **It costs 5.**\n2. **It’s free.**\n3. **It flies.**\n',
      'no test proves: It flies.',
    ],
    ['a test without a sentence', '1. **It costs 5.**\n', 'the walk does not list: It’s free.'],
    ['another order', '1. **It’s free.**\n2. **It costs 5.**\n', 'not in its order: It’s free.'],
    ['a wrong number', '1. **It costs 5.**\n3. **It’s free.**\n', '3 is not its number: It’s free.'],
  ])('%s', (_, section, fault) => {
    expect(walkFaults(walkedIn(section), titlesIn(file))).toContain(fault)
  })

  test('the reader of commands sees each with what it answers, and refuses one more of either', () => {
    const block = (language: string, ...lines: string[]) => `\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`
    const shell = block('sh', 'ask PUT /accounts/a \'{"name":"A"}\'', "ask GET '/plans?accountId=a'")
    expect(stepsIn(shell + block('text', '"id":"a"', '"plan" … "credits":5'))).toEqual([
      { method: 'PUT', path: '/accounts/a', body: { name: 'A' }, answers: ['"id":"a"'] },
      { method: 'GET', path: '/plans?accountId=a', body: undefined, answers: ['"plan"', '"credits":5'] },
    ])
    expect(() => stepsIn(shell + block('text', '"id":"a"'))).toThrow()
    expect(() => stepsIn(block('sh', 'ask LOOK /plans') + block('text', '"id"'))).toThrow(/not a command/)
  })
})
