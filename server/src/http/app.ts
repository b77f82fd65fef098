/**
 * The HTTP server: its parsers, limits and headers, and every route of the API behind one door.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import rateLimit from '@fastify/rate-limit'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { JobFigures } from '../jobs/jobs.ts'
import type { Installation } from '../operations/installation.ts'
import { VERSION } from '../version.ts'
import { ACCESS } from './access.ts'
import { type Admitted, admit } from './door.ts'
import { addGatewayDoor } from './gateway-door.ts'
import { parseJsonBody } from './json-body.ts'
import { type LogTo, logRequests, openLogger } from './log.ts'
import { addMetrics } from './metrics.ts'
import { problemAnswer, problemOf } from './problem-answer.ts'
import { DoorRefusal, Malformed, type ProblemCode } from './problems.ts'
import { nextRequestId } from './request-id.ts'
import { BODY_LIMIT, type Route } from './route.ts'
import { addRoute } from './route-runner.ts'
import { ROUTES } from './routes.ts'
import { addHealth, addSite } from './site.ts'
import { knowAddresses } from './unrouted.ts'
import { addUnsubscribeDoor } from './unsubscribe-door.ts'

export interface HttpOptions {
  /** Where the documentation of codes is found from outside; '' = the same server. */
  readonly publicUrl: string
  readonly log: LogTo
  /** Requests a minute of one customer's key from one address; null = not limited. */
  readonly accountKeyLimit: number | null
  /** What the jobs of this process did so far. */
  readonly jobFigures: () => readonly JobFigures[]
  /** False: no API and no documentation, only whether it lives and how it does. */
  readonly hasApi: boolean
  /** Requests under way above which new ones are answered 503. */
  readonly underWayMax: number
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted | null
    /** Set once the request is refused or fails: for its log line. */
    problemCode: ProblemCode | null
  }
  interface FastifyInstance {
    /** Aborted when the server stops. */
    stopped: AbortSignal
  }
}

export async function openApp(house: Installation, options: HttpOptions): Promise<FastifyInstance> {
  checkRows(ROUTES)
  const app: FastifyInstance = fastify<Server, IncomingMessage, ServerResponse>({
    ...openLogger(options.log),
    bodyLimit: BODY_LIMIT,
    // Ids of 200 characters, each percent-encoded.
    routerOptions: { maxParamLength: 700, querystringParser: parseQuery },
    exposeHeadRoutes: false,
    genReqId: nextRequestId,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply, options),
  }) as unknown as FastifyInstance
  app.decorateRequest('admitted', null)
  app.decorateRequest('problemCode', null)
  const stopping = new AbortController()
  app.decorate('stopped', stopping.signal)
  app.addHook('preClose', async () => stopping.abort())
  // Requests are checked by us, all parts at once; the schemas here serialise and document.
  app.setValidatorCompiler(() => () => true)
  addParsers(app)
  addLimits(app, options)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', request.id)
    reply.header('scrip-version', VERSION)
    done()
  })
  app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply, options))
  const refusalAt = knowAddresses(app)
  app.setNotFoundHandler((request, reply) => {
    answerProblem(refusalAt(request.method, request.url), request, reply, options)
  })
  if (options.log !== false) logRequests(app)
  addHealth(app, house)
  addMetrics(app, house, options.jobFigures)
  if (options.hasApi) await addApi(app, house, options)
  return app
}

async function addApi(app: FastifyInstance, house: Installation, options: HttpOptions): Promise<void> {
  await addRateLimit(app, options)
  await addSite(app)
  await addGatewayDoor(app, house)
  await addUnsubscribeDoor(app, house)
  await app.register(
    async (api) => {
      for (const route of ROUTES) addRoute(api, house, route, (request) => admit(house, request, route.id))
    },
    { prefix: '/api/v1' },
  )
}

/** Every route has a row of the access table, and every row a route. */
export function checkRows(routes: readonly Route[]): void {
  const ids = new Set(routes.map((route) => route.id as string))
  for (const id of ids)
    if (!Object.hasOwn(ACCESS, id)) throw new Error(`The route ${id} has no row in the access table.`)
  for (const id of Object.keys(ACCESS))
    if (!ids.has(id)) throw new Error(`The access table names ${id}, which is no route.`)
}

function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    refuseEncoded(request)
    if (body.length === 0) return done(null, undefined)
    const read = parseJsonBody(body as Buffer)
    if ('faults' in read) done(new Malformed(read.faults))
    else done(null, read.value)
  })
  const yaml = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/plain']
  app.addContentTypeParser(yaml, { parseAs: 'string' }, (request, body, done) => {
    refuseEncoded(request)
    done(null, body)
  })
}

/** A compressed body could unpack to anything; nothing that is sent here is large enough to need it. */
function refuseEncoded(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new DoorRefusal(
    'content_type_unsupported',
    `A body encoded as ${encoding.slice(0, 40)} is not taken.`,
  )
}

/** Repeated names become lists; names are kept as they are. */
function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = {}
  if (text === '') return query
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === '__proto__')
      throw new Malformed([{ path: name, code: 'forbidden_name', expected: 'another name', found: name }])
    const before = Object.hasOwn(query, name) ? query[name] : undefined
    query[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return query
}

function addLimits(app: FastifyInstance, options: HttpOptions): void {
  let underWay = 0
  app.addHook('onRequest', (request, _reply, done) => {
    // Health answers stay quick whatever is waiting.
    if (underWay >= options.underWayMax && request.url.startsWith('/api/')) {
      return done(new DoorRefusal('overloaded', 'More requests are under way than can be answered soon.'))
    }
    underWay++
    counted.add(request)
    done()
  })
  const leave = (request: FastifyRequest): void => {
    if (counted.delete(request)) underWay--
  }
  const counted = new WeakSet<FastifyRequest>()
  app.addHook('onResponse', (request, _reply, done) => {
    leave(request)
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    leave(request)
    done()
  })
}

async function addRateLimit(app: FastifyInstance, options: HttpOptions): Promise<void> {
  if (options.accountKeyLimit === null) return
  await app.register(rateLimit, {
    max: options.accountKeyLimit,
    timeWindow: '1 minute',
    hook: 'preParsing',
    allowList: (request) => request.admitted?.caller.kind !== 'account',
    keyGenerator: (request) => {
      const caller = request.admitted?.caller
      return `${caller?.kind === 'account' ? caller.key.id : ''} ${request.ip}`
    },
    enableDraftSpec: true,
    errorResponseBuilder: (_request, context) =>
      new DoorRefusal('rate_limited', `Ask again in ${context.after}.`),
  })
}

function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  options: HttpOptions,
): void {
  const { problem, headers, bug } = problemAnswer(error, request.id, options.publicUrl)
  request.problemCode = problem.code
  if (bug !== undefined) request.log.error({ err: bug, requestId: request.id }, 'a bug')
  reply
    .status(problem.status)
    .headers({ 'request-id': request.id, 'scrip-version': VERSION, ...headers })
    .type('application/problem+json')
    // Already text, so that no route's schema for success cuts it.
    .serializer((body: unknown) => body as string)
    .send(JSON.stringify(problem))
}

/** What is not even HTTP: the answer is written by hand, because no request came of it. */
function refuseUnreadable(_error: unknown, socket: import('node:net').Socket): void {
  if (!socket.writable) return
  const id = nextRequestId()
  const body = JSON.stringify(
    problemOf('request_malformed', 'This is not HTTP as RFC 9110 has it.', {}, id, ''),
  )
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  )
}
