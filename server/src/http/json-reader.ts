/**
 * The careful reader of JSON: what the engine's own parser lets pass in silence is refused here with
 * its path. A name given twice, a NUL, half of a surrogate pair, `__proto__`, `-0`, a number that
 * leaves the range (`1e400`) or that the machine cannot hold exactly (`9007199254740993`).
 */
import type { Fault } from './faults.ts'
import { DEPTH_MAX } from './json-scan.ts'

export type JsonRead = { readonly value: unknown } | { readonly faults: readonly Fault[] }

interface Reader {
  readonly text: string
  place: number
  depth: number
  readonly faults: Fault[]
}

/** Thrown inside the reader where the text stops being JSON; never leaves this file. */
class NotJson extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.code)
    this.fault = fault
  }
}

export function readJson(text: string): JsonRead {
  const reader: Reader = { text, place: 0, depth: 0, faults: [] }
  try {
    skipSpace(reader)
    const value = readValue(reader, '')
    skipSpace(reader)
    if (reader.place < text.length) stop(reader, 'the end of the body')
    return reader.faults.length > 0 ? { faults: reader.faults } : { value }
  } catch (error) {
    if (error instanceof NotJson) return { faults: [...reader.faults, error.fault] }
    throw error
  }
}

function stop(reader: Reader, expected: string): never {
  const before = reader.text.slice(0, reader.place)
  const line = before.split('\n').length
  const column = reader.place - before.lastIndexOf('\n')
  const found =
    reader.place >= reader.text.length
      ? 'the end of the body'
      : reader.text.slice(reader.place, reader.place + 20)
  throw new NotJson({ path: `line ${line}, column ${column}`, code: 'not_json', expected, found })
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.place)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
    reader.place++
  }
}

function readValue(reader: Reader, path: string): unknown {
  const sign = reader.text[reader.place]
  if (sign === '{') return readObject(reader, path)
  if (sign === '[') return readList(reader, path)
  if (sign === '"') return readString(reader, path)
  for (const [word, value] of WORDS) {
    if (!reader.text.startsWith(word, reader.place)) continue
    reader.place += word.length
    return value
  }
  return readNumber(reader, path)
}

const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

function enter(reader: Reader, path: string): void {
  reader.place++
  reader.depth++
  if (reader.depth > DEPTH_MAX) {
    throw new NotJson({ path, code: 'too_deep', expected: `at most ${DEPTH_MAX} levels`, found: 'more' })
  }
  skipSpace(reader)
}

function readObject(reader: Reader, path: string): Record<string, unknown> {
  enter(reader, path)
  const object: Record<string, unknown> = {}
  if (reader.text[reader.place] !== '}') {
    do {
      skipSpace(reader)
      if (reader.text[reader.place] !== '"') stop(reader, 'a name in double quotes')
      const name = readString(reader, path)
      const inner = path === '' ? name : `${path}.${name}`
      skipSpace(reader)
      if (reader.text[reader.place] !== ':') stop(reader, 'a colon')
      reader.place++
      skipSpace(reader)
      const value = readValue(reader, inner)
      keep(reader, object, name, value, inner)
      skipSpace(reader)
    } while (nextItem(reader, '}'))
  }
  reader.place++
  reader.depth--
  return object
}

function keep(
  reader: Reader,
  object: Record<string, unknown>,
  name: string,
  value: unknown,
  path: string,
): void {
  if (name === '__proto__') {
    reader.faults.push({ path, code: 'forbidden_name', expected: 'another name', found: name })
  } else if (Object.hasOwn(object, name)) {
    reader.faults.push({ path, code: 'duplicate_name', expected: 'each name once', found: name })
  } else {
    object[name] = value
  }
}

function readList(reader: Reader, path: string): unknown[] {
  enter(reader, path)
  const list: unknown[] = []
  if (reader.text[reader.place] !== ']') {
    do {
      skipSpace(reader)
      list.push(readValue(reader, `${path}[${list.length}]`))
      skipSpace(reader)
    } while (nextItem(reader, ']'))
  }
  reader.place++
  reader.depth--
  return list
}

/** Steps over a comma, or stays on the closing bracket. */
function nextItem(reader: Reader, closing: string): boolean {
  const sign = reader.text[reader.place]
  if (sign === closing) return false
  if (sign !== ',') stop(reader, `a comma or ${closing}`)
  reader.place++
  return true
}

function readString(reader: Reader, path: string): string {
  const start = reader.place
  let place = start + 1
  while (place < reader.text.length && reader.text[place] !== '"')
    place += reader.text[place] === '\\' ? 2 : 1
  let value: string
  try {
    value = JSON.parse(reader.text.slice(start, place + 1)) as string
  } catch {
    return stop(reader, 'a string: closed, with valid escapes and no bare control characters')
  }
  reader.place = place + 1
  if (value.includes('\0')) {
    reader.faults.push({ path, code: 'nul_character', expected: 'text without NUL', found: shorten(value) })
  }
  if (!isWellFormed(value)) {
    reader.faults.push({
      path,
      code: 'lone_surrogate',
      expected: 'well-formed Unicode',
      found: 'half of a surrogate pair',
    })
  }
  return value
}

function shorten(value: string): string {
  return value.replaceAll('\0', '\\u0000').slice(0, 100)
}

function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value)
}

function readNumber(reader: Reader, path: string): number {
  const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  pattern.lastIndex = reader.place
  const text = pattern.exec(reader.text)?.[0]
  if (text === undefined) return stop(reader, 'a JSON value')
  reader.place += text.length
  const value = Number(text)
  const found = text.slice(0, 40)
  if (!Number.isFinite(value)) {
    reader.faults.push({ path, code: 'number_too_large', expected: 'a number in range', found })
  } else if (Object.is(value, -0)) {
    reader.faults.push({ path, code: 'negative_zero', expected: '0', found })
  } else if (digitsOf(text) !== digitsOf(String(value))) {
    reader.faults.push({ path, code: 'number_not_exact', expected: 'a number of at most 15 digits', found })
  }
  return value
}

/** A decimal number as its significant digits and where the point stands, so that 1.50, 15e-1 and 1.5 are one. */
function digitsOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.replace(/^-/, '').split(/[eE]/)
  const sign = text.startsWith('-') ? '-' : ''
  return sign + normalDigits(mantissa, Number(exponent))
}

function normalDigits(mantissa: string, exponent: number): string {
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/0+$/, '')
  const significant = digits.replace(/^0+/, '')
  if (significant === '') return '0'
  return `${significant}@${whole.length + exponent - (digits.length - significant.length)}`
}
