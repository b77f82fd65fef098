import { fsyncSync } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

interface OpenFile {
  readonly nfd: number
}

interface Engine {
  FS: {
    filesystems: { NODEFS: { stream_ops: { fsync?: (file: OpenFile) => number } } }
    ErrnoError: new (errno: number) => Error
  }
}

interface EngineOptions {
  preRun?: ((engine: Engine) => void)[]
}

const inputOutputError = 29

/**
 * PGlite's own file system for Node has no fsync: a power cut lost every acknowledged row, even with
 * `fsync=on`. This one hands PostgreSQL's fsync to the kernel, for files and for directories. It answers
 * `fsync()` only, so PostgreSQL runs with `wal_sync_method=fsync` (PGlite's fdatasync does nothing).
 */
export class DurableFiles extends NodeFS {
  /** How many fsync calls came back, so that a test can see that a commit makes one. */
  syncCount = 0
  readonly #onFailure: (error: Error) => void

  /**
   * After a failed fsync nobody knows what is on the disk, and the next one may say that all is well:
   * `onFailure` must see to it that nothing is acknowledged from then on.
   */
  constructor(folder: string, onFailure: (error: Error) => void) {
    super(folder)
    this.#onFailure = onFailure
  }

  override async init(database: PGlite, options: object): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(database, options)
    const amended = emscriptenOpts as EngineOptions
    return {
      emscriptenOpts: {
        ...amended,
        preRun: [...(amended.preRun ?? []), (engine: Engine) => this.#install(engine)],
      },
    } as unknown as Awaited<ReturnType<NodeFS['init']>>
  }

  #install(engine: Engine): void {
    engine.FS.filesystems.NODEFS.stream_ops.fsync = (file) => {
      try {
        fsyncSync(file.nfd)
      } catch (error) {
        this.#onFailure(error as Error)
        throw new engine.FS.ErrnoError(inputOutputError)
      }
      this.syncCount += 1
      return 0
    }
  }
}
