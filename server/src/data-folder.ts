/** What a data folder tells those who do not hold it: whether there is anything in it, and where its holder listens. */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHolder } from './database/folder-lock.ts'

export function hasData(folder: string): boolean {
  return existsSync(join(folder, 'database'))
}

/** The control socket of whoever has the folder open, or had it when it was killed; null where nobody says. */
export function socketOfHolder(folder: string): string | null {
  return readHolder(join(folder, 'scrip.lock'))?.socket ?? null
}

/** What a socket's address has room for, on the narrowest system that Scrip runs on. */
const SOCKET_PATH_MAX = 100

/** Beside the lock file where the path is short enough for a socket, else in a private temporary folder. */
export function controlSocketPath(folder: string | null): string {
  const beside = folder === null ? null : join(folder, 'scrip.sock')
  if (beside !== null && Buffer.byteLength(beside) <= SOCKET_PATH_MAX) return beside
  return join(mkdtempSync(join(tmpdir(), 'scrip-')), 'scrip.sock')
}
