/**
 * Structured logs without secrets: one line a request, with who asked by the key's public part, and
 * never a header, a body or a query.
 */
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { type LoggerOptions, pino } from 'pino'
import { redactKeys } from '../directory/key-text.ts'

/** true: to standard output; or what takes the lines, one JSON object each. */
export type LogTo = boolean | { write(line: string): void }

type ServerLogging = Pick<FastifyServerOptions, 'logger' | 'loggerInstance' | 'logController'>

export function openLogger(log: LogTo): ServerLogging {
  const common = { logController: new LogController({ disableRequestLogging: true }) }
  if (log === false) return { ...common, logger: false }
  const logger = log === true ? pino(LOG_OPTIONS) : pino(LOG_OPTIONS, log)
  return { ...common, loggerInstance: logger as unknown as FastifyBaseLogger }
}

const LOG_OPTIONS: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  // What an error carries may quote what was sent; keys in it are cut to their public part.
  hooks: {
    streamWrite: (line: string) => redactKeys(line),
  },
}

export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const caller = request.admitted?.caller
    request.log.info(
      {
        requestId: request.id,
        method: request.method,
        path: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ...(request.problemCode === null ? {} : { code: request.problemCode }),
        ms: Math.round(reply.elapsedTime * 10) / 10,
        key: caller === undefined || caller.kind === 'operator' ? null : caller.key.prefix,
        project: request.admitted?.project?.id ?? null,
      },
      'request',
    )
    done()
  })
}
