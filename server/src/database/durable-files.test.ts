import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DurableFiles } from './durable-files.ts'

class ErrnoError extends Error {
  readonly errno: number
  constructor(errno: number) {
    super(`errno ${errno}`)
    this.errno = errno
  }
}

type Sync = (file: { nfd: number }) => number
type PreRun = (engine: unknown) => void

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The fsync that the engine would call, from an engine that only keeps it. */
async function syncOf(files: DurableFiles): Promise<Sync> {
  const operations: { fsync?: Sync } = {}
  const engine = {
    FS: {
      filesystems: { NODEFS: { stream_ops: operations } },
      ErrnoError,
      mkdirTree: () => {},
      mount: () => {},
    },
  }
  const { emscriptenOpts } = await files.init({} as PGlite, {})
  for (const preRun of (emscriptenOpts as unknown as { preRun: PreRun[] }).preRun) preRun(engine)
  return operations.fsync!
}

test('an fsync that the engine asks for reaches the disk, for a file and for a folder', async () => {
  const failures: Error[] = []
  const files = new DurableFiles(folder, (error) => failures.push(error))
  const sync = await syncOf(files)
  for (const [path, flags] of [
    [join(folder, 'file'), 'w'],
    [folder, 'r'],
  ] as const) {
    const nfd = openSync(path, flags)
    expect(sync({ nfd })).toBe(0)
    closeSync(nfd)
  }
  expect(files.syncCount).toBe(2)
  expect(failures).toEqual([])
})

test('an fsync that fails is an input/output error to the engine, and is reported at once', async () => {
  const failures: Error[] = []
  const files = new DurableFiles(folder, (error) => failures.push(error))
  const sync = await syncOf(files)
  expect(() => sync({ nfd: 999_999 })).toThrow(expect.objectContaining({ errno: 29 }))
  expect(failures).toHaveLength(1)
  expect(files.syncCount).toBe(0)
})
