/**
 * Any "no" as problem+json (RFC 9457): the code's status, title and documentation, the sentence, the
 * facts. Faults of the world are 503 with Retry-After; our own bugs are 500 with the request's id and
 * nothing else.
 */
import { databaseFault } from '../database/fault.ts'
import { GatewayFault, WebhookRefused } from '../gateways/gateway.ts'
import { LedgerFault } from '../ledger/faults.ts'
import { Refused } from '../operations/refused.ts'
import type { Fault } from './faults.ts'
import { DoorRefusal, Malformed, PROBLEMS, type ProblemCode } from './problems.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  readonly requestId: string
  readonly errors?: readonly Fault[]
  readonly [fact: string]: unknown
}

export interface ProblemAnswer {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  /** Set where it is our own fault: to be logged, never to be answered. */
  readonly bug: unknown
}

const RETRY_AFTER_SECONDS = '1'

export function problemAnswer(error: unknown, requestId: string, docs: string): ProblemAnswer {
  if (error instanceof Malformed) return malformed(error.faults, requestId, docs)
  if (error instanceof Refused) {
    const errors = error.path === null ? [] : [faultOf(error.path, error)]
    const facts = errors.length === 0 ? error.facts : { ...error.facts, errors }
    return known(error.code, error.detail, facts, requestId, docs)
  }
  if (error instanceof DoorRefusal) return known(error.code, error.detail, error.facts, requestId, docs)
  const fault = worldFault(error)
  if (fault !== null) return known(fault.code, fault.detail, {}, requestId, docs)
  const refused = frameworkRefusal(error)
  if (refused !== null) return known(refused.code, refused.detail, {}, requestId, docs)
  const answered = known('internal_error', 'Something went wrong on our side.', {}, requestId, docs)
  return { ...answered, bug: error }
}

export function problemOf(
  code: ProblemCode,
  detail: string,
  facts: Readonly<Record<string, unknown>>,
  requestId: string,
  docs: string,
): Problem {
  const { status, title } = PROBLEMS[code]
  const said = { type: `${docs}/docs/errors#${code}`, title, status, detail, code, requestId }
  // Said twice: first for the order, last so that no fact takes the place of the status or the code.
  return { ...said, ...facts, ...said }
}

function known(
  code: ProblemCode,
  detail: string,
  facts: Readonly<Record<string, unknown>>,
  requestId: string,
  docs: string,
): ProblemAnswer {
  const problem = problemOf(code, detail, facts, requestId, docs)
  const headers: Record<string, string> = problem.status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer'
  if (Array.isArray(facts.allow)) headers.allow = facts.allow.join(', ')
  return { problem, headers, bug: undefined }
}

function faultOf(path: string, { code, facts, detail }: Refused): Fault {
  return {
    path,
    code,
    expected: typeof facts.expected === 'string' ? facts.expected : detail,
    found: facts.found ?? null,
  }
}

function malformed(faults: readonly Fault[], requestId: string, docs: string): ProblemAnswer {
  const [first] = faults
  const where = first === undefined || first.path === '' ? 'The request' : first.path
  const found = typeof first?.found === 'string' ? `“${first.found}”` : String(first?.found)
  const more = faults.length > 1 ? ` And ${faults.length - 1} more.` : ''
  const detail = first === undefined ? '' : `${where}: expected ${first.expected}, found ${found}.${more}`
  return known('request_malformed', detail, { errors: faults }, requestId, docs)
}

function worldFault(error: unknown): { code: ProblemCode; detail: string } | null {
  if (error instanceof LedgerFault) {
    if (error.code === 'closing') return { code: 'stopping', detail: 'The server is stopping; ask again.' }
    return { code: error.code, detail: FAULT_DETAILS[error.code] }
  }
  if (error instanceof WebhookRefused) return { code: 'webhook_refused', detail: error.message }
  if (error instanceof GatewayFault) {
    return { code: error.retryable ? 'gateway_unavailable' : 'gateway_refused', detail: error.message }
  }
  if (databaseFault(error) === undefined) return null
  return { code: 'database_unavailable', detail: FAULT_DETAILS.database_unavailable }
}

const FAULT_DETAILS = {
  overloaded: 'More is waiting than can be done soon. Ask again with the same key.',
  clock_unsafe: "The server's clock is more than a minute off the database's, so it decides nothing.",
  database_unavailable: 'The database does not answer. Ask again with the same key: it happens once.',
}

/** What the framework says no to before a route is reached. */
function frameworkRefusal(error: unknown): { code: ProblemCode; detail: string } | null {
  const code = (error as { code?: unknown } | null)?.code
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'body_too_large', detail: 'A body has at most 1 MB, that of a batch 10 MB.' }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { code: 'content_type_unsupported', detail: 'Send application/json.' }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { code: 'request_malformed', detail: 'The body does not have the length that its header says.' }
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { code: 'request_malformed', detail: 'A name in the address is longer than any id is.' }
    case 'FST_ERR_BAD_URL':
      return { code: 'request_malformed', detail: 'The address is not well-formed.' }
    default:
      return null
  }
}
