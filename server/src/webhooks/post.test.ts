import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openLookup } from './address.ts'
import { openPostman, type PostmanOptions } from './post.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function urlOf(server: Server | ReturnType<typeof createSocketServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return urlOf(server)
}

/** What speaks no HTTP, or only as it likes. */
function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  closing.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return urlOf(server)
}

function send(url: string, options: Partial<PostmanOptions> = {}) {
  const postman = openPostman({
    allowsPrivate: true,
    timeoutMs: 300,
    signal: new AbortController().signal,
    ...options,
  })
  closing.push(() => postman.close())
  return postman.post({ url, headers: { 'content-type': 'application/json' }, body: '{}' })
}

test('an answer of 2xx is a delivery, and the beginning of what it says is kept', async () => {
  const url = await serve((_, response) => response.writeHead(202).end(`yes\u0000\n${'x'.repeat(5_000)}`))
  const posted = await send(url)
  expect(posted).toMatchObject({ status: 202, error: null })
  expect(posted).toHaveProperty('body', `yes\n${'x'.repeat(995)}`)
})

test.each([
  [301, 'it points elsewhere, and that is not followed'],
  [400, 'it answered 400'],
  [410, 'it answered 410'],
  [500, 'it answered 500'],
])('an answer of %s is none', async (status, error) => {
  let asked = 0
  const url = await serve((_, response) => {
    asked++
    response.writeHead(status, { location: '/elsewhere' }).end()
  })
  expect(await send(url)).toMatchObject({ status, error })
  expect(asked).toBe(1)
})

test('one that never answers is left after its time', async () => {
  const url = await serve(() => {})
  expect(await send(url)).toMatchObject({ status: null, error: 'no answer within 300 ms' })
})

test('an answer without an end is read to a limit, and its status counts', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200)
    const piece = 'x'.repeat(10_000)
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  const posted = await send(url, { timeoutMs: 10_000 })
  expect(posted).toMatchObject({ status: 200, error: null })
  expect(posted).toHaveProperty('body.length', 1_000)
})

test('an answer that stalls after its status is taken at its word', async () => {
  const url = await serve((_, response) => void response.writeHead(200).write('half'))
  expect(await send(url)).toMatchObject({ status: 200, error: null, body: 'half' })
})

test('an answer that lies about its length is taken at its word', async () => {
  const url = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'))
  expect(await send(url)).toMatchObject({ status: 200, error: null, body: 'short' })
})

test.each([
  ['nonsense', 'nonsense\r\n\r\n'],
  ['an endless header', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['nothing at all', ''],
])('%s is no answer', async (_, text) => {
  const url = await serveRaw((socket) => socket.end(text))
  const posted = await send(url)
  expect(posted).toMatchObject({ status: null })
  expect(posted).toHaveProperty('error', expect.stringMatching(/./))
})

test('an answer in another protocol is none', async () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'
  const url = await serveRaw((socket) => socket.write(answer))
  expect(await send(url)).toMatchObject({ error: 'it answered with another protocol' })
})

test('nothing is sent to a private address, however it is written or found', async () => {
  let asked = 0
  const url = await serve((_, response) => {
    asked++
    response.end()
  })
  const { port } = new URL(url)
  const inside = openLookup(false, (_, found) => found(null, [{ address: '127.0.0.1', family: 4 }]))
  for (const host of ['127.0.0.1', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost', 'rebound.test']) {
    const given = host === 'rebound.test' ? { lookup: inside } : {}
    const posted = await send(`http://${host}:${port}/`, { allowsPrivate: false, ...given })
    expect(posted).toMatchObject({ status: null, error: expect.stringContaining('is not a public address') })
  }
  expect(asked).toBe(0)
})

test('a name that leads elsewhere the second time leads nowhere', async () => {
  const url = await serve((_, response) => response.end())
  const { port } = new URL(url)
  const turns = ['1.1.1.1', '127.0.0.1']
  let turn = 0
  const lookup = openLookup(false, (_, found) => found(null, [{ address: turns[turn++]!, family: 4 }]))
  await new Promise<void>((resolve) => lookup('rebound.test', { all: true }, () => resolve()))
  const posted = await send(`http://rebound.test:${port}/`, { allowsPrivate: false, lookup })
  expect(posted).toMatchObject({ status: null, error: 'rebound.test is not a public address' })
})

test('a stop breaks off what is under way, and nothing is known of it', async () => {
  const stopping = new AbortController()
  const url = await serve(() => stopping.abort())
  expect(await send(url, { timeoutMs: 10_000, signal: stopping.signal })).toBe('stopped')
  expect(await send(url, { signal: stopping.signal })).toBe('stopped')
})

test('a connection that was closed while nobody used it is opened anew', async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.end()
  })
  const url = await urlOf(server)
  const signal = new AbortController().signal
  const postman = openPostman({ allowsPrivate: true, signal })
  closing.push(() => {
    postman.close()
    server.close()
    server.closeAllConnections()
  })
  for (let turn = 0; turn < 3; turn++) {
    expect(await postman.post({ url, headers: {}, body: '{}' })).toMatchObject({ status: 200 })
    server.closeAllConnections()
  }
  expect(asked).toBe(3)
})
