import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonBody, parseJsonText } from './json-body.ts'
import { type JsonRead, readJson } from './json-reader.ts'
import { scanJson } from './json-scan.ts'

function faults(text: string): string[] {
  const read = parseJsonText(text)
  return 'faults' in read ? read.faults.map(({ path, code }) => `${path} ${code}`) : []
}

describe('a body that JSON.parse would take in silence is refused with its path', () => {
  test.each([
    ['{"a":1,"a":2}', 'a duplicate_name'],
    ['{"a":{"b":[{"c":1,"c":1}]}}', 'a.b[0].c duplicate_name'],
    ['{"a":1,"\\u0061":2}', 'a duplicate_name'],
    ['{"__proto__":{"admin":true}}', '__proto__ forbidden_name'],
    ['{"a":{"__proto__":1}}', 'a.__proto__ forbidden_name'],
    ['{"\\u005f_proto__":1}', '__proto__ forbidden_name'],
    ['{"credits":-0}', 'credits negative_zero'],
    ['{"credits":-0.0}', 'credits negative_zero'],
    ['{"credits":-0e5}', 'credits negative_zero'],
    ['{"credits":1e400}', 'credits number_too_large'],
    ['{"credits":-1e400}', 'credits number_too_large'],
    ['{"credits":1e-400}', 'credits number_not_exact'],
    ['{"credits":9007199254740993}', 'credits number_not_exact'],
    ['{"credits":0.1000000000000000055}', 'credits number_not_exact'],
    ['{"name":"a\\u0000b"}', 'name nul_character'],
    ['{"name":"\\ud800"}', 'name lone_surrogate'],
    ['{"name":"\\udc00\\ud800"}', 'name lone_surrogate'],
    ['{"\\u0000":1}', ' nul_character'],
  ])('%s', (text, fault) => {
    expect(faults(text)).toEqual([fault])
  })
})

describe('what is not JSON is refused with the line and column', () => {
  test.each([
    ['{"a":NaN}', 'line 1, column 6 not_json'],
    ['{"a":Infinity}', 'line 1, column 6 not_json'],
    ['{"a":01}', 'line 1, column 7 not_json'],
    ['{"a":+1}', 'line 1, column 6 not_json'],
    ['{"a":1,}', 'line 1, column 8 not_json'],
    ['{\n"a" 1}', 'line 2, column 5 not_json'],
    ["{'a':1}", 'line 1, column 2 not_json'],
    ['{"a":"\n"}', 'line 1, column 6 not_json'],
    ['{"a":1} x', 'line 1, column 9 not_json'],
    ['', 'line 1, column 1 not_json'],
    ['{"a"', 'line 1, column 5 not_json'],
  ])('%j', (text, fault) => {
    expect(faults(text)).toEqual([fault])
  })
})

test('a body of 32 levels is read, one of 33 and one of 100,000 are refused', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  expect(faults(nested(32))).toEqual([])
  expect(faults(nested(33))).toEqual([' too_deep'])
  expect(faults(nested(100_000))).toEqual([' too_deep'])
})

test('every fault of a body is told at once', () => {
  expect(faults('{"a":-0,"b":1e400,"b":1}')).toEqual([
    'a negative_zero',
    'b number_too_large',
    'b duplicate_name',
  ])
})

test('bytes that are no UTF-8 are refused', () => {
  const read = parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))
  expect(read).toEqual({ faults: [expect.objectContaining({ code: 'not_utf8' })] })
})

test('ordinary numbers are taken however they are written', () => {
  for (const text of [
    '1',
    '1.25',
    '1e3',
    '15e-1',
    '1.50',
    '-2',
    '999999999999999',
    '0.000001',
    '1E2',
    '100.000',
  ]) {
    expect(parseJsonText(text)).toEqual({ value: Number(text) })
  }
})

test('a name with an escape is read as it was written, whichever names came before', () => {
  for (const name of ['\\', '"', '\n', 'x\\', 'x"', '\\', 'é']) {
    const value = { first: 1, [name]: 2 }
    expect(parseJsonText(JSON.stringify(value))).toEqual({ value })
  }
  expect(scanJson('{"first":"a\\n","\\"":2}').suspicious).toBe(true)
  expect(scanJson('{"first":"a\\n"}').suspicious).toBe(false)
})

test('what is read is what was written, for any plain value', () => {
  const plain = fc.jsonValue({ noUnicodeString: false })
  fc.assert(
    fc.property(plain, (value) => {
      const text = JSON.stringify(value, null, 1)
      if (/-0[,\n\]}]|"__proto__"|-0$/.test(text) || text.includes('\\u0000') || hasLoneSurrogate(text))
        return
      const careful = readJson(text)
      const read = parseJsonText(text)
      // A double of seventeen digits is refused by both; everything else is read by both alike.
      if ('faults' in careful) expect(read).toEqual(careful)
      else expect([careful, read].map(written)).toEqual([text, text])
    }),
    { numRuns: 500 },
  )
})

function written(read: JsonRead): string | undefined {
  return 'value' in read ? JSON.stringify(read.value, null, 1) : undefined
}

function hasLoneSurrogate(text: string): boolean {
  return /\\ud[89a-f]/i.test(text)
}
