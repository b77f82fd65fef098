/** A server as a process: started, waited for, stopped, killed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { ACCOUNTS, CATALOG } from './charges.ts'
import type { DoorSabotages } from './ledger-door.ts'
import { ask } from './post.ts'

export interface Program {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly port: number
  /** Of the project that charges go to; the door of a ledger asks for none. */
  readonly apiKey?: string
}

export interface Ended {
  readonly code: number | null
  readonly output: string
}

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Milliseconds from its start until it takes requests. Rejects, with what it said, when it ended before. */
  readonly ready: Promise<number>
  output(): string
  /** Stops every thread of it where it is, for a picture of the disk; returns when they stand. */
  freeze(): Promise<void>
  kill(): Promise<void>
  /** SIGTERM. */
  stop(): Promise<Ended>
}

const READY_WITHIN_MS = 30_000

/** Node with tsx, by which programs under tests/ run from source. */
const FROM_SOURCE = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  '--conditions=source',
]

/** Where the data are: a folder, or a PostgreSQL. */
export type Place = { readonly folder: string } | { readonly url: string }

/** The ledger alone, with whatever is to be broken in it. */
export async function ledgerDoor(place: Place, sabotages: DoorSabotages = {}): Promise<Program> {
  const file = fileURLToPath(new URL('./ledger-door.ts', import.meta.url))
  const port = await freePort()
  return { args: [...FROM_SOURCE, file, JSON.stringify({ ...place, ...sabotages, port })], port }
}

export interface NewProject {
  readonly catalog: string
  readonly mode: 'live' | 'test'
}

/** `scrip serve` as it is released, with a project of its own. */
export async function scripServe(
  place: Place,
  project: NewProject = { catalog: CATALOG, mode: 'live' },
): Promise<Program> {
  return { ...(await serveOnly(place)), apiKey: await makeProject(place, project) }
}

/** The same on data that have their projects already. */
export async function serveOnly(place: Place, flags: readonly string[] = []): Promise<Program> {
  const port = await freePort()
  const args = [inject('scripProgram'), 'serve', '--port', String(port), '--log', 'none', ...flags]
  return { args, env: environmentOf(place), port }
}

/** `scrip work`: a process that only does what time does by itself. */
export async function workOnly(url: string): Promise<Program> {
  const port = await freePort()
  const args = [inject('scripProgram'), 'work', '--port', String(port), '--log', 'none']
  return { args, env: environmentOf({ url }), port }
}

function environmentOf(place: Place): Readonly<Record<string, string>> {
  return 'url' in place
    ? { DATABASE_URL: place.url, SCRIP_DATA: '' }
    : { DATABASE_URL: '', SCRIP_DATA: place.folder }
}

/** One command of `scrip`, run to its end; its JSON. */
export async function runScrip<T>(place: Place, ...args: string[]): Promise<T> {
  const env = { ...process.env, ...environmentOf(place) }
  const program = [inject('scripProgram'), ...args, '--json']
  const { stdout } = await promisify(execFile)(process.execPath, program, { env })
  return JSON.parse(stdout) as T
}

async function makeProject(place: Place, project: NewProject): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-catalog-'))
  const catalog = join(folder, 'catalog.yaml')
  writeFileSync(catalog, project.catalog)
  const create = ['project', 'create', '--catalog', catalog, '--mode', project.mode]
  const { apiKey } = await runScrip<{ apiKey: string }>(place, ...create)
  rmSync(folder, { recursive: true })
  return apiKey
}

/** Started, ready, and with the accounts that clients charge. */
export async function beginServer(program: Program): Promise<ServerProcess> {
  const server = startServer(program)
  await server.ready
  const { apiKey } = program
  if (apiKey === undefined) return server
  for (const accountId of ACCOUNTS) {
    const headers = { 'x-api-key': apiKey }
    const made = await ask(`${server.url}/api/v1/accounts/${accountId}`, { method: 'PUT', headers, body: {} })
    if (made.status > 201) throw new Error(`No account ${accountId}: ${made.text}`)
  }
  return server
}

export function startServer(program: Program): ServerProcess {
  const startedAt = performance.now()
  const child = spawn(process.execPath, program.args, { env: { ...process.env, ...program.env } })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output = `${output}${data}`.slice(-8_000)
    })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      process.off('exit', kill)
      resolve({ code, output })
    })
  })
  const url = `http://127.0.0.1:${program.port}`
  const ready = untilReady(child, url, startedAt, () => output)
  // Whoever kills it while it starts does not wait for it.
  ready.catch(() => {})
  const signal = async (name: NodeJS.Signals): Promise<Ended> => {
    child.kill(name)
    return ended
  }
  return {
    url,
    pid: child.pid!,
    ended,
    ready,
    output: () => output,
    freeze: () => freeze(child),
    kill: async () => void (await signal('SIGKILL')),
    stop: () => signal('SIGTERM'),
  }
}

async function untilReady(
  child: ChildProcess,
  url: string,
  startedAt: number,
  output: () => string,
): Promise<number> {
  while (performance.now() - startedAt < READY_WITHIN_MS) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server ended while starting: ${output()}`)
    const answered = await ask(`${url}/readyz`, { timeoutMs: 1_000 }).catch(() => null)
    if (answered?.status === 200) return performance.now() - startedAt
    await delay(10)
  }
  throw new Error(`The server is not ready after ${READY_WITHIN_MS / 1000} s: ${output()}`)
}

async function freeze(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  while (!stateOf(child.pid!).startsWith('T')) await delay(1)
}

/** The field after the name in /proc/PID/stat. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2)
}

/** One that nobody listens on now, and that stays the server's over its restarts. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
