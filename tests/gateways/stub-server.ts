/** A small HTTP server that plays a gateway's far side, in health and in sickness. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Health } from './far-side.ts'

export interface StubRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface StubAnswer {
  readonly status: number
  readonly body: unknown
}

export interface StubServer {
  readonly port: number
  be(health: Health): void
  stop(): Promise<void>
}

export async function startStub(answer: (request: StubRequest) => StubAnswer): Promise<StubServer> {
  let health: Health = 'well'
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    if (health !== 'well') return misbehave(health, outgoing)
    const url = new URL(incoming.url ?? '/', 'http://stub')
    const { status, body } = answer({
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    })
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    be(now) {
      health = now
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function misbehave(health: Exclude<Health, 'well'>, outgoing: ServerResponse): void {
  switch (health) {
    case 'down':
      outgoing.destroy()
      return
    case 'slow':
      return
    case 'html':
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Maintenance</h1></html>')
      return
    case 'error':
      outgoing
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":{"type":"api_error","message":"oops"}}')
      return
    case 'empty':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('')
      return
    case 'no json':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "cs_1", "amount')
      return
    case 'wrong types':
      outgoing
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          '{"id":7,"object":"list","url":[],"data":"none","items":{},"status":4,"amount":"a lot","created":"now"}',
        )
  }
}
