/**
 * What is wrong with a malformed request: every fault at once, each with where it is, what was
 * expected and what was found. The schema's own compiled check is asked first and is fast; only a
 * request that fails it is walked here, for the words.
 */
import { editDistance } from '@scrip/core'

export interface Fault {
  /** `quantities.images`, `items[3].credits`; for a query parameter its name; '' for the body itself. */
  readonly path: string
  readonly code: string
  readonly expected: string
  readonly found: unknown
}

/** The part of JSON Schema that the API's own schemas use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  /** Where `if` is not fulfilled, what `else` requires is required too. */
  readonly if?: Pick<Schema, 'required'>
  readonly else?: Pick<Schema, 'required'>
  /** What is expected, in words, where the pattern alone would not say it. */
  readonly 'x-expects'?: string
}

const FAULTS_MAX = 100

/** Every fault of the value, at most a hundred. Empty only where the value fits the schema. */
export function faultsOf(schema: Schema, value: unknown, path = ''): Fault[] {
  const faults: Fault[] = []
  judge(schema, value, path, faults)
  return faults.slice(0, FAULTS_MAX)
}

function judge(schema: Schema, value: unknown, path: string, faults: Fault[]): void {
  if (faults.length >= FAULTS_MAX) return
  if (schema.anyOf !== undefined) {
    judgeAnyOf(schema, schema.anyOf, value, path, faults)
    return
  }
  if (schema.enum !== undefined || schema.const !== undefined) judgeListed(schema, value, path, faults)
  else if (schema.type !== undefined && !hasType(schema.type, value)) {
    faults.push({ path, code: 'wrong_type', expected: expectedOf(schema), found: show(value) })
  } else if (typeof value === 'string') judgeText(schema, value, path, faults)
  else if (typeof value === 'number') judgeNumber(schema, value, path, faults)
  else if (Array.isArray(value)) judgeList(schema, value, path, faults)
  else if (typeof value === 'object' && value !== null) judgeObject(schema, value as Fields, path, faults)
}

type Fields = Readonly<Record<string, unknown>>

function judgeAnyOf(
  schema: Schema,
  choices: readonly Schema[],
  value: unknown,
  path: string,
  faults: Fault[],
): void {
  const attempts = choices.map((choice) => faultsOf(choice, value, path))
  if (attempts.some((attempt) => attempt.length === 0)) return
  // The choice of the right type says best what is wrong inside it.
  const near = attempts.find(
    (_, index) => choices[index]!.type !== undefined && hasType(choices[index]!.type!, value),
  )
  if (near !== undefined && typeof value === 'object') faults.push(...near)
  else faults.push({ path, code: 'not_allowed', expected: expectedOf(schema), found: show(value) })
}

function judgeListed(schema: Schema, value: unknown, path: string, faults: Fault[]): void {
  const allowed = schema.enum ?? [schema.const]
  if (!allowed.includes(value)) {
    faults.push({ path, code: 'not_allowed', expected: expectedOf(schema), found: show(value) })
  }
}

function judgeText(schema: Schema, value: string, path: string, faults: Fault[]): void {
  // A schema counts characters, not UTF-16 units.
  const length = [...value].length
  const add = (code: string, expected: string, found: unknown): void => {
    faults.push({ path, code, expected: schema['x-expects'] ?? expected, found })
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    add('too_long', `at most ${schema.maxLength} characters`, `${length} characters`)
  } else if (schema.minLength !== undefined && length < schema.minLength) {
    add('too_short', `at least ${schema.minLength} characters`, show(value))
  } else if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    add('malformed', `text of the form ${schema.pattern}`, show(value))
  }
}

function judgeNumber(schema: Schema, value: number, path: string, faults: Fault[]): void {
  const { minimum, maximum, exclusiveMinimum } = schema
  const tooSmall =
    (minimum !== undefined && value < minimum) ||
    (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
  const tooLarge = maximum !== undefined && value > maximum
  if (tooSmall || tooLarge)
    faults.push({ path, code: 'out_of_range', expected: expectedOf(schema), found: value })
}

function judgeList(schema: Schema, value: readonly unknown[], path: string, faults: Fault[]): void {
  if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) {
    faults.push({ path, code: 'too_many', expected: `at most ${schema.maxItems} items`, found: value.length })
    return
  }
  if (value.length < (schema.minItems ?? 0)) {
    faults.push({ path, code: 'too_few', expected: `at least ${schema.minItems} items`, found: value.length })
  }
  if (schema.items !== undefined) {
    for (const [index, item] of value.entries()) judge(schema.items, item, `${path}[${index}]`, faults)
  }
}

function judgeObject(schema: Schema, value: Fields, path: string, faults: Fault[]): void {
  for (const name of requiredOf(schema, value)) {
    if (Object.hasOwn(value, name)) continue
    const expected = schema.properties?.[name] === undefined ? 'a value' : expectedOf(schema.properties[name])
    faults.push({ path: join(path, name), code: 'required', expected, found: null })
  }
  const names = Object.keys(value)
  if (names.length > (schema.maxProperties ?? Number.POSITIVE_INFINITY)) {
    faults.push({
      path,
      code: 'too_many',
      expected: `at most ${schema.maxProperties} entries`,
      found: names.length,
    })
    return
  }
  if (names.length < (schema.minProperties ?? 0)) {
    faults.push({
      path,
      code: 'too_few',
      expected: `at least ${schema.minProperties} entry`,
      found: names.length,
    })
  }
  for (const name of names) judgeField(schema, name, value[name], join(path, name), faults)
}

function requiredOf(
  { required = [], if: unless, else: otherwise }: Schema,
  value: Fields,
): readonly string[] {
  const isFulfilled = unless?.required?.every((name) => Object.hasOwn(value, name)) ?? true
  return isFulfilled ? required : [...required, ...(otherwise?.required ?? [])]
}

function judgeField(schema: Schema, name: string, value: unknown, path: string, faults: Fault[]): void {
  const inner = schemaOf(schema, name)
  if (inner !== null) judge(inner, value, path, faults)
  else if (schema.additionalProperties === false) {
    faults.push(unknownField(name, Object.keys(schema.properties ?? {}), path))
  }
}

function schemaOf(schema: Schema, name: string): Schema | null {
  const { properties = {}, patternProperties = {}, additionalProperties } = schema
  if (Object.hasOwn(properties, name)) return properties[name]!
  for (const [pattern, inner] of Object.entries(patternProperties)) {
    if (new RegExp(pattern, 'u').test(name)) return inner
  }
  return typeof additionalProperties === 'object' ? additionalProperties : null
}

export function unknownField(name: string, known: readonly string[], path: string): Fault {
  const near = nearest(name, known)
  const expected =
    near !== null
      ? `${near}?`
      : known.length === 0
        ? 'a name of the allowed form'
        : `one of ${known.join(', ')}`
  return { path, code: 'unknown_field', expected, found: show(name) }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function hasType(type: string | readonly string[], value: unknown): boolean {
  if (typeof type !== 'string') return type.some((one) => hasType(one, value))
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return Number.isFinite(value)
    default:
      return typeof value === type
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
}

/** What the schema wants, in words. */
function expectedOf(schema: Schema): string {
  if (schema['x-expects'] !== undefined) return schema['x-expects']
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`
  if (schema.const !== undefined) return String(schema.const)
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(expectedOf))].join(' or ')
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  const words = types.map((type) => TYPE_WORDS[type] ?? type).join(' or ')
  return `${words}${rangeOf(schema)}`
}

function rangeOf(schema: Schema): string {
  const from = schema.minimum !== undefined ? ` from ${schema.minimum}` : ''
  const above = schema.exclusiveMinimum !== undefined ? ` above ${schema.exclusiveMinimum}` : ''
  const to = schema.maximum !== undefined ? ` up to ${schema.maximum}` : ''
  return `${from}${above}${to}`
}

/** A value as it is shown in a fault: short, and never a whole document. */
function show(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 100 ? `${value.slice(0, 100)}…` : value
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return value ?? null
}

/** The known name that differs least, where it differs little enough to be a slip. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.min(4, Math.ceil(name.length / 2) + 1)
  if (name.length > 60) return null
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}
