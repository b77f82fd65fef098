import { statfsSync } from 'node:fs'

/**
 * PostgreSQL ends itself when what it writes ahead finds no room, and takes reading down with it. So the
 * embedded database stops writing while there still is some: its session is made read-only, every write
 * fails as a fault that passes, and reading goes on.
 */
export interface DiskRoom {
  readonly hasRoom: boolean
  /** Before each turn of the session: to ask costs a few microseconds, a turn a thousand. */
  look(): Promise<void>
}

export function openDiskRoom(
  folder: string | null,
  bytesMin: number,
  onChange: (hasRoom: boolean) => Promise<void>,
): DiskRoom {
  let hasRoom = true
  return {
    get hasRoom() {
      return hasRoom
    },
    async look() {
      const isEnough = folder === null || freeBytes(folder) >= bytesMin
      if (isEnough === hasRoom) return
      hasRoom = isEnough
      await onChange(hasRoom)
    },
  }
}

/** What a program without privileges may still write. */
function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
