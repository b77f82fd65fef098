/** `scrip serve` as it is installed: the built program in a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { openConnection } from './http-connection.ts'

export interface ServerProcess {
  readonly port: number
  /** From its start until it answered that it is ready. */
  readonly readyMs: number
  /** What it has in memory now, in MB. */
  residentMb(): number
  /** As an operator stops it; resolves when it is gone. */
  stop(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PROGRAM = `${ROOT}server/dist/scrip.js`

/** Does nothing where the program is newer than its sources. */
export function buildProgram(): void {
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: ROOT, stdio: 'inherit' })
}

export type Place = { readonly url: string } | { readonly folder: string }

export async function startScrip(place: Place): Promise<ServerProcess> {
  const port = await freePort()
  const own = 'url' in place ? { DATABASE_URL: place.url } : { SCRIP_DATA: place.folder }
  const parameters = [PROGRAM, 'serve', '--port', String(port), '--host', '127.0.0.1', '--log', 'none']
  return startServer(parameters, own, port)
}

/** Any program that answers /readyz on the port. */
export async function startServer(
  parameters: readonly string[],
  settings: Readonly<Record<string, string>>,
  port: number,
): Promise<ServerProcess> {
  const { DATABASE_URL: _, SCRIP_DATA: __, ...others } = process.env
  const start = performance.now()
  const child = spawn(process.execPath, parameters, {
    cwd: ROOT,
    env: { ...others, ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await untilReady(child, port)
  return {
    port,
    readyMs: performance.now() - start,
    residentMb: () => residentMb(child.pid!),
    stop: () => stopped(child),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const ASKED_EVERY_MS = 5
const READY_MS_MAX = 60_000

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  let output = ''
  child.stderr?.on('data', (data) => (output = `${output}${data}`.slice(-4000)))
  const end = performance.now() + READY_MS_MAX
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`The server ended at once: ${output}`)
    if (await isReady(port)) return
    await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS))
  }
  child.kill('SIGKILL')
  throw new Error(`The server was not ready within ${READY_MS_MAX / 1000} seconds: ${output}`)
}

async function isReady(port: number): Promise<boolean> {
  try {
    const connection = await openConnection(port)
    const { status } = await connection.ask('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    connection.close()
    return status === 200
  } catch {
    return false
  }
}

function residentMb(pid: number): number {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(status, 'utf8'))![1]) / 1024
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
