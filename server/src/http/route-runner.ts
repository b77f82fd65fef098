/** From a request to an operation and back: admit, check, run, answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Project } from '../directory/projects.ts'
import type { Ask } from '../operations/ask.ts'
import type { Installation } from '../operations/installation.ts'
import { requestHash } from '../operations/request-hash.ts'
import { type Checked, checkOf } from './check.ts'
import type { Admitted } from './door.ts'
import { documentationOf } from './openapi.ts'
import { Malformed } from './problems.ts'
import type { Answer, Asked, Route } from './route.ts'

export function addRoute(
  app: FastifyInstance,
  house: Installation,
  route: Route,
  admit: (request: FastifyRequest) => Promise<Admitted>,
): void {
  const check = checkOf(route)
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: route.bodyLimit,
    schema: documentationOf(route),
    onRequest: async (request) => {
      request.admitted = await admit(request)
    },
    handler: async (request, reply) => {
      const checked = check(request)
      const ask = askOf(house, route, request, checked)
      const answer = await route.run(ask, askedOf(request, checked))
      return send(reply, answer)
    },
  })
}

function askOf(house: Installation, route: Route, request: FastifyRequest, checked: Checked): Ask {
  const { caller, project } = request.admitted!
  const key = route.writes ? idempotencyKey(request) : null
  return {
    house,
    caller,
    // Only the operator's own routes have no project, and they do not look at it.
    project: project as Project,
    dryRun: checked.dryRun,
    key,
    requestHash: key === null ? null : hashOf(route, checked),
  }
}

function askedOf(request: FastifyRequest, checked: Checked): Asked<never, never, never> {
  return {
    params: checked.params as never,
    query: checked.query as never,
    body: checked.body as never,
    accept: request.headers.accept ?? '',
    ifNoneMatch: request.headers['if-none-match'] ?? null,
    stopped: request.server.stopped,
  }
}

/** Visible ASCII and spaces, so that it can stand in a header, a log and a row. */
const KEY_FORM = /^[ -~]{1,255}$/

function idempotencyKey(request: FastifyRequest): string | null {
  const given = request.headers['idempotency-key']
  if (given === undefined) return null
  if (typeof given === 'string' && KEY_FORM.test(given)) return given
  throw new Malformed([
    {
      path: 'Idempotency-Key',
      code: 'malformed',
      expected: 'one header of 1 to 255 visible ASCII characters',
      found: Array.isArray(given) ? 'several' : given.slice(0, 100),
    },
  ])
}

/** What was asked, in one order of names, so that the same request has the same hash however it is written. */
function hashOf(route: Route, checked: Checked): string {
  const { dryRun: _, ...query } = checked.query as Record<string, unknown>
  return requestHash([route.id, checked.params ?? null, query, checked.body ?? null])
}

function send(reply: FastifyReply, answer: Answer): unknown {
  reply.status(answer.status)
  if (answer.replayed === true) reply.header('idempotent-replayed', 'true')
  if (answer.headers !== undefined) reply.headers(answer.headers)
  // A 204 or 304 has no body; undefined would make the framework wait for one.
  return answer.body === undefined ? reply.send() : answer.body
}
