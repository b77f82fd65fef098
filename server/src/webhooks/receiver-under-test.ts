/** A receiver of webhooks for tests: what it is sent it keeps, and it answers as it is told to. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: events of every type are looked at.
  readonly event: any
}

export type Behave = (response: ServerResponse, received: Received) => void

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** The types of what came, in the order in which it came. */
  types(): string[]
  behave(next: Behave): void
  close(): Promise<void>
}

export const takes: Behave = (response) => response.writeHead(200).end('thanks')

export function answers(status: number, headers: Record<string, string> = {}): Behave {
  return (response) => response.writeHead(status, headers).end(`status ${status}`)
}

export async function openReceiver(behaviour: Behave = takes): Promise<Receiver> {
  const received: Received[] = []
  let behave = behaviour
  const server = createServer(async (request, response) => {
    const text = await textOf(request)
    const { headers } = request
    const one = { id: String(headers['webhook-id']), headers, text, event: JSON.parse(text) }
    received.push(one)
    behave(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    types: () => received.map(({ event }) => event.type),
    behave: (next) => {
      behave = next
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
