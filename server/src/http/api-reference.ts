/**
 * The browsable reference. Its script weighs megabytes, so it is loaded with the first look at it and
 * not with the server; it is served from here, and asks nothing of other hosts.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

export function addApiReference(app: FastifyInstance): void {
  let opened: Promise<FastifyInstance> | undefined
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    opened ??= openReference()
    const reference = await opened
    reply.hijack()
    reference.routing(request.raw, reply.raw)
  }
  const options = { schema: { hide: true } }
  app.get('/docs', options, serve)
  app.get('/docs/', options, serve)
  app.get('/docs/js/*', options, serve)
  app.addHook('onClose', async () => {
    await (await opened)?.close()
  })
}

async function openReference(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const reference: FastifyInstance = fastify()
  await reference.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Scrip',
      telemetry: false,
      withDefaultFonts: false,
      hideClientButton: true,
    },
  })
  await reference.ready()
  return reference
}
