/** Who listens on a port, where the system says so: "in use" alone sends people searching. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTENING = '0A'

/** `process 4711 (node server.js)`, or null where this cannot be known. */
export function portHolder(port: number): string | null {
  try {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => socketsOn(table, port)))
    const pid = sockets.size === 0 ? null : ownerOf(sockets)
    return pid === null ? null : `process ${pid} (${commandOf(pid)})`
  } catch {
    return null
  }
}

function socketsOn(table: string, port: number): readonly string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync(table, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexadecimal}`) === true && fields[3] === LISTENING)
    .map((fields) => `socket:[${fields[9]}]`)
}

function ownerOf(sockets: ReadonlySet<string>): string | null {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.find((pid) => openFiles(pid).some((file) => sockets.has(file))) ?? null
}

/** Those of another user's process are not shown to this one, and a file may be closed while it is looked at. */
function openFiles(pid: string): readonly string[] {
  const folder = `/proc/${pid}/fd`
  const names = ifThere(() => readdirSync(folder)) ?? []
  return names.flatMap((name) => ifThere(() => readlinkSync(`${folder}/${name}`)) ?? [])
}

function ifThere<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}

function commandOf(pid: string): string {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    .split('\0')
    .filter((part) => part !== '')
  return command
    .map((part) => part.split('/').at(-1))
    .join(' ')
    .slice(0, 60)
}
