/** A disk in memory, so small that a test can fill it. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** To the last byte, or but for so many megabytes. */
  fill(butForMegabytes?: number): void
  /** Gives back what `fill` took. */
  makeRoom(): void
  close(): void
}

/** Why there can be none here; null where there can. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'a tmpfs needs Linux'
  if (process.getuid?.() !== 0) return 'to mount a tmpfs needs root'
  try {
    openSmallDisk(1).close()
    return null
  } catch (error) {
    return `no tmpfs can be mounted here (${(error as Error).message.split('\n')[0]})`
  }
}

export function openSmallDisk(megabytes: number): SmallDisk {
  const home = mkdtempSync(join(tmpdir(), 'scrip-small-'))
  const folder = join(home, 'mounted')
  const filler = join(folder, 'filler')
  mkdirSync(folder)
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder)
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
  const close = (): void => {
    process.off('exit', close)
    run('umount', folder)
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', close)
  return {
    folder,
    fill: (butForMegabytes = 0) => fill(folder, filler, butForMegabytes),
    makeRoom: () => rmSync(filler, { force: true }),
    close,
  }
}

const BLOCK = Buffer.alloc(1024 * 1024)

function fill(folder: string, path: string, butForMegabytes: number): void {
  const free = () => statfsSync(folder).bavail * statfsSync(folder).bsize
  const file = openSync(path, 'a')
  try {
    for (;;) {
      const size = Math.min(free() - butForMegabytes * BLOCK.length, BLOCK.length)
      if (size <= 0) return
      writeSync(file, BLOCK, 0, size)
    }
  } catch (error) {
    // The server was faster with the last of it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
