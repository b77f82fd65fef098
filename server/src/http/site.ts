/** What stands beside the API: health, the specification, the documentation. Open to everybody, and without secrets. */

import swagger from '@fastify/swagger'
import { catalogSchema } from '@scrip/core'
import type { FastifyInstance } from 'fastify'
import type { Installation } from '../operations/installation.ts'
import { addApiReference } from './api-reference.ts'
import { htmlOf, llmsText, pagesOf } from './docs.ts'
import { SWAGGER_OPTIONS } from './openapi.ts'
import { ROUTES } from './routes.ts'

const HIDDEN = { schema: { hide: true } }

/** Call before the API's routes are added: the specification collects them as they come. */
export async function addSite(app: FastifyInstance): Promise<void> {
  await app.register(swagger, SWAGGER_OPTIONS)
  addDocuments(app)
  addApiReference(app)
}

/** For whoever starts, watches and replaces processes. */
export function addHealth(app: FastifyInstance, house: Installation): void {
  app.get('/healthz', HIDDEN, async () => ({ status: 'ok' }))
  app.get('/readyz', HIDDEN, async (_request, reply) => {
    try {
      await house.database.clockSkewMs()
      return { status: 'ready' }
    } catch {
      return reply.status(503).header('retry-after', '1').send({ status: 'the database does not answer' })
    }
  })
}

function addDocuments(app: FastifyInstance): void {
  const pages = pagesOf(ROUTES)
  app.get('/openapi.json', HIDDEN, async (_request, reply) => {
    // Asked of the plugin at each call: its document is complete once the server is ready.
    return reply.type('application/json').send(JSON.stringify(app.swagger()))
  })
  app.get('/catalog.schema.json', HIDDEN, async (_request, reply) =>
    reply.type('application/schema+json').send(JSON.stringify(catalogSchema)),
  )
  app.get('/llms.txt', HIDDEN, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(llmsText(pages)),
  )
  for (const page of pages) {
    app.get(page.path, HIDDEN, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(htmlOf(page)),
    )
    app.get(`${page.path}.md`, HIDDEN, async (_request, reply) =>
      reply.type('text/markdown; charset=utf-8').send(page.text),
    )
  }
}
