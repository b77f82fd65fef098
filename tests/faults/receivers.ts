/**
 * Receivers of webhooks in a process of their own, so that who sends is not measured with who receives.
 * A third of them is of no use, each in its own way.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type Kind = 'takes' | 'refuses' | 'is silent' | 'fails' | 'never ends'

export interface Counted {
  readonly kind: Kind
  readonly url: string
  /** Different events, and how often any came. */
  readonly events: number
  readonly times: number
  /** When the latest new one came, epoch milliseconds. */
  readonly lastAt: number
}

export interface Receivers {
  readonly urls: readonly { readonly kind: Kind; readonly url: string }[]
  count(): Promise<readonly Counted[]>
  /** The ids that one that takes got. */
  idsOf(url: string): Promise<readonly string[]>
  close(): void
}

type Asked = { readonly count: true } | { readonly idsOf: string }

export async function openReceivers(kinds: readonly Kind[]): Promise<Receivers> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(kinds)], {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
  })
  const urls = (await answerOf(child)) as Receivers['urls']
  const askFor = (asked: Asked): Promise<unknown> => {
    const answer = answerOf(child)
    child.send(asked)
    return answer
  }
  return {
    urls,
    count: () => askFor({ count: true }) as Promise<readonly Counted[]>,
    idsOf: (url) => askFor({ idsOf: url }) as Promise<readonly string[]>,
    close: () => void child.kill('SIGKILL'),
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the receivers ended'))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}

interface Receiver {
  readonly kind: Kind
  readonly url: string
  readonly ids: Set<string>
  times: number
  lastAt: number
}

async function openOne(kind: Kind): Promise<Receiver> {
  const receiver = { kind, url: '', ids: new Set<string>(), times: 0, lastAt: 0 }
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    receiver.times++
    if (!receiver.ids.has(id)) receiver.lastAt = Date.now()
    receiver.ids.add(id)
    request.resume()
    request.on('end', () => answer(kind, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  if (kind === 'refuses') await new Promise((resolve) => server.close(resolve))
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}/` })
}

function answer(kind: Kind, response: ServerResponse): void {
  if (kind === 'takes') response.end()
  else if (kind === 'fails') response.writeHead(500).end()
  else if (kind === 'never ends') pour(response.writeHead(500))
}

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write('x'.repeat(1_000)));
  if (!response.destroyed) response.once('drain', () => pour(response))
}

async function receive(kinds: readonly Kind[], send: (message: unknown) => void): Promise<void> {
  const receivers = await Promise.all(kinds.map(openOne))
  process.on('message', (asked: Asked) => {
    if ('idsOf' in asked) send([...(receivers.find(({ url }) => url === asked.idsOf)?.ids ?? [])])
    else send(receivers.map(({ ids, ...receiver }) => ({ ...receiver, events: ids.size })))
  })
  send(receivers.map(({ kind, url }) => ({ kind, url })))
}

// Also imported, by whoever starts it.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  await receive(JSON.parse(process.argv[2]!) as Kind[], (message) => process.send!(message))
}
