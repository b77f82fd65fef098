import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FolderLock, type LockHolder, lockFolder, readHolder } from './folder-lock.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrip-lock-'))
  path = join(folder, 'scrip.lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What this process would write, changed: somebody else's lock. */
async function leaveLock(changes: Partial<LockHolder>): Promise<void> {
  const lock = await lockFolder(path)
  lock.release()
  writeFileSync(path, JSON.stringify({ ...lock.holder, id: 'other', ...changes }))
}

async function pidOfAnEndedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('close', resolve))
  return child.pid!
}

test('the lock names its process and where it can be spoken to', async () => {
  const lock = await lockFolder(path, '/run/scrip.sock')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    pid: process.pid,
    socket: '/run/scrip.sock',
  })
  expect(readdirSync(folder)).toEqual(['scrip.lock'])
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('a live holder keeps its lock, and is named', async () => {
  const lock = await lockFolder(path)
  await expect(lockFolder(path)).rejects.toThrow(/in use by this process itself/)
  expect(readHolder(path)).toEqual(lock.holder)
  expect(readdirSync(folder)).toEqual(['scrip.lock'])
  lock.release()
})

test("a dead holder's lock is taken over", async () => {
  await leaveLock({ pid: await pidOfAnEndedProcess() })
  const lock = await lockFolder(path)
  expect(readHolder(path)).toEqual(lock.holder)
  expect(readdirSync(folder)).toEqual(['scrip.lock'])
  lock.release()
})

test('a later process with the pid of a dead holder is not taken for it', async () => {
  await leaveLock({ startedAt: '1' })
  const lock = await lockFolder(path)
  expect(readHolder(path)?.id).toBe(lock.holder.id)
  lock.release()
})

test("a lock from before the machine's last start is taken over", async () => {
  await leaveLock({ boot: 'an earlier start' })
  const lock = await lockFolder(path)
  expect(readHolder(path)?.id).toBe(lock.holder.id)
  lock.release()
})

test('a holder in another container is known to live by its heartbeat', async () => {
  await leaveLock({ processes: 'pid:[1]', pid: 1 })
  const beats = setInterval(() => utimesSync(path, new Date(), new Date()), 100)
  try {
    await expect(lockFolder(path)).rejects.toThrow(/in use by process 1 on /)
  } finally {
    clearInterval(beats)
  }
  expect(readHolder(path)?.id).toBe('other')
})

test('of many that find a dead holder at once, one takes its lock', async () => {
  const dead = await pidOfAnEndedProcess()
  for (let round = 0; round < 20; round += 1) {
    await leaveLock({ pid: dead })
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(path)))
    const taken = attempts.filter((attempt) => attempt.status === 'fulfilled')
    expect(taken).toHaveLength(1)
    const lock: FolderLock = taken[0]!.value
    expect(readHolder(path)).toEqual(lock.holder)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  }
})

test('whoever saw the dead holder but came too late leaves the new lock alone', async () => {
  await leaveLock({ pid: await pidOfAnEndedProcess() })
  const slower = lockFolder(path)
  // Between its look and its claim another one took over, from first to last.
  writeFileSync(path, JSON.stringify({ ...readHolder(path), id: 'quicker', pid: process.pid }))
  await expect(slower).rejects.toThrow(/in use by this process itself/)
  expect(readHolder(path)?.id).toBe('quicker')
  expect(readdirSync(folder)).toEqual(['scrip.lock'])
})

test('a successor that died while it took over is succeeded in turn', async () => {
  const dead = await pidOfAnEndedProcess()
  await leaveLock({ pid: dead, id: 'first' })
  writeFileSync(`${path}.first`, JSON.stringify({ ...readHolder(path), id: 'second' }))
  const lock = await lockFolder(path)
  expect(readHolder(path)).toEqual(lock.holder)
  expect(readdirSync(folder)).toEqual(['scrip.lock'])
  lock.release()
})

test('a lock file that cannot be read is left alone, and said so', async () => {
  writeFileSync(path, '{"pid":')
  await expect(lockFolder(path)).rejects.toThrow(/cannot be read/)
  expect(readFileSync(path, 'utf8')).toBe('{"pid":')
})

test('releasing leaves the lock of whoever came after', async () => {
  const lock = await lockFolder(path)
  writeFileSync(path, JSON.stringify({ ...lock.holder, id: 'after' }))
  lock.release()
  expect(readHolder(path)?.id).toBe('after')
})
