/**
 * A disk that can lose its power: ext4 in a file, through a loop device. What a program wrote and did
 * not fsync is in the memory of the mounted file system alone; what reached the device is in the file.
 * A copy of the file is therefore what a machine finds after a power cut.
 */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

export interface LoopDisk {
  /** Where it is mounted; the same before and after a cut. */
  readonly folder: string
  /** A copy of what the device has at this instant. Whoever writes on it is frozen first. */
  photograph(): void
  /** Throws away what is mounted, and mounts the copy. Whoever had files open on it is dead by now. */
  exchange(): void
  close(): void
}

const SIZE_BYTES = 512 * 1024 * 1024
const PHOTOGRAPHS_MAX = 50

/** The image and its copy are in memory: a hundred copies would keep the machine's own disk busy. */
const MEMORY = 'size=1200m'

/** Why there can be none here; null where there can. */
export function whyNoLoopDisk(): string | null {
  if (process.platform !== 'linux') return 'a loop device needs Linux'
  if (process.getuid?.() !== 0) return 'to mount a loop device needs root'
  try {
    openLoopDisk().close()
    return null
  } catch (error) {
    return `no loop device can be mounted here (${(error as Error).message.split('\n')[0]})`
  }
}

export function openLoopDisk(): LoopDisk {
  const home = mkdtempSync(join(tmpdir(), 'scrip-disk-'))
  const image = join(home, 'disk.img')
  const copy = join(home, 'copy.img')
  const folder = join(home, 'mounted')
  // What was mounted and attached, in this order, and how it is undone.
  const undo: (() => void)[] = []
  const undoAll = (downTo: number): void => {
    while (undo.length > downTo) undo.pop()?.()
  }
  const attach = (): void => {
    const device = run('losetup', '--find', '--show', image).trim()
    undo.push(() => run('losetup', '--detach', device))
    run('mount', '-t', 'ext4', device, folder)
    undo.push(() => run('umount', folder))
    deviceNow = device
  }
  let deviceNow = ''
  const close = (): void => {
    process.off('exit', close)
    undoAll(0)
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', close)
  try {
    run('mount', '-t', 'tmpfs', '-o', MEMORY, 'tmpfs', home)
    undo.push(() => run('umount', home))
    mkdirSync(folder)
    writeFileSync(image, '')
    truncateSync(image, SIZE_BYTES)
    // Everything is laid out now, so that the kernel writes nothing later that the server did not cause.
    run('mkfs.ext4', '-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image)
    attach()
  } catch (error) {
    close()
    throw error
  }
  return {
    folder,
    photograph: () => photograph(deviceNow, image, copy),
    exchange() {
      undoAll(1)
      renameSync(copy, image)
      attach()
    },
    close,
  }
}

/** Until nothing was written to the device during the copy: half of one moment and half of another is no disk. */
function photograph(device: string, image: string, copy: string): void {
  for (let attempt = 0; attempt < PHOTOGRAPHS_MAX; attempt++) {
    const before = writesOf(device)
    run('cp', '--sparse=always', image, copy)
    const after = writesOf(device)
    if (before.underWay === 0 && after.underWay === 0 && before.sectors === after.sectors) return
  }
  throw new Error(`${device} is written to all the time, though its writer is frozen`)
}

/** Documentation/block/stat.rst of the kernel: 7th figure = sectors written, 9th = requests under way. */
function writesOf(device: string): { readonly sectors: number; readonly underWay: number } {
  const figures = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number)
  return { sectors: figures[6]!, underWay: figures[8]! }
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
