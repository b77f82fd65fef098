/** Checks a request against its route's schemas: params, query and body, with every fault of all three at once. */
import { type TObject, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Fault, faultsOf, type Schema, unknownField } from './faults.ts'
import { DoorRefusal, Malformed } from './problems.ts'
import type { Route } from './route.ts'

export interface Checked {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly dryRun: boolean
}

interface Request {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

type Check = (value: unknown, faults: Fault[]) => void

export function checkOf(route: Route): (request: Request) => Checked {
  const checkParams = route.params === null ? null : schemaCheck(route.params)
  const checkBody = route.body === null ? null : schemaCheck(route.body)
  const querySchema = queryOf(route)
  const checkQuery = querySchema === null ? null : schemaCheck(querySchema)
  return (request) => {
    const faults: Fault[] = []
    checkParams?.(request.params, faults)
    const given = request.query as Record<string, unknown>
    let query: Record<string, unknown> = given
    if (checkQuery !== null) {
      query = readQuery(querySchema!, given)
      checkQuery(query, faults)
    } else for (const name in given) faults.push(unknownField(name, [], name))
    const body = bodyOf(route, request.body)
    checkBody?.(body, faults)
    if (faults.length > 0) throw new Malformed(faults)
    return { params: request.params, query, body, dryRun: query.dryRun === true }
  }
}

/** A write takes `dryRun` beside its own parameters. */
export function queryOf(route: Route): TObject | null {
  if (!route.writes) return route.query
  const dryRun = Type.Optional(Type.Boolean({ description: 'Answer what it would do, and do nothing.' }))
  return Type.Object({ ...route.query?.properties, dryRun }, { additionalProperties: false })
}

function bodyOf(route: Route, body: unknown): unknown {
  if (route.body === null) {
    const isEmpty =
      body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0)
    if (isEmpty) return undefined
    throw new Malformed([{ path: '', code: 'unexpected_body', expected: 'no body', found: 'a body' }])
  }
  const isText = typeof body === 'string'
  if (isText !== (route.takes === 'yaml') && body !== undefined) {
    const taken = route.takes === 'yaml' ? 'application/yaml' : 'application/json'
    throw new DoorRefusal('content_type_unsupported', `This route takes ${taken}.`)
  }
  return body === undefined && !isText && route.takes === 'json' ? {} : body
}

function schemaCheck(schema: TSchema): Check {
  const compiled = Compile(schema)
  return (value, faults) => {
    if (compiled.Check(value)) return
    const found = faultsOf(schema as Schema, value)
    // The compiled check is the judge; a fault that its walk cannot name is still a fault.
    if (found.length === 0)
      found.push({ path: '', code: 'malformed', expected: 'a value of the schema', found: null })
    faults.push(...found)
  }
}

/** Query parameters are text; here they become what the schema says, where they can. What cannot stays text and is refused by it. */
function readQuery(schema: TObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const query: Record<string, unknown> = {}
  for (const name in given) {
    const property = (schema.properties as Record<string, Schema>)[name]
    const value = given[name]
    if (property?.type === 'array') query[name] = listOf(value)
    else
      query[name] = typeof value === 'string' && property !== undefined ? readValue(property, value) : value
  }
  return query
}

function listOf(value: unknown): unknown[] {
  const values = Array.isArray(value) ? value : [value]
  return values.flatMap((one) =>
    typeof one === 'string' ? one.split(',').filter((part) => part !== '') : [one],
  )
}

function readValue(schema: Schema, value: string): unknown {
  if (schema.type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) + 0 : value
  if (schema.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return value
}
