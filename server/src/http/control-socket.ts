/**
 * A second way in, for the machine's own terminal: a unix socket that only its owner may open. What
 * comes through it needs no key.
 */
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

const fromControlSocket = new WeakSet<object>()

export function isFromControlSocket(request: IncomingMessage): boolean {
  return fromControlSocket.has(request.socket)
}

export async function openControlSocket(
  path: string,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true })
  const server = createServer(serve)
  server.on('connection', (socket) => fromControlSocket.add(socket))
  await listen(server, path)
  // The folder around it is private; this is for a path that somebody chose elsewhere.
  await chmod(path, 0o600)
  return {
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeIdleConnections()
      })
      await rm(path, { force: true })
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
