import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../server/src/database/database.ts'
import { differences } from './books.ts'
import { type LoopDisk, openLoopDisk, whyNoLoopDisk } from './loop-disk.ts'
import { ledgerDoor, type Program, scripServe } from './server-process.ts'
import { median, survive } from './survival.ts'
import { figure, seededDice, size } from './trial.ts'

const CUTS = size(2, 50)

let why: string | null
beforeAll(() => {
  why = whyNoLoopDisk()
  if (why !== null) console.warn(`POWER CUTS ARE NOT TRIED: ${why}`)
})

let disks: LoopDisk[] = []
afterAll(() => {
  for (const disk of disks) disk.close()
  disks = []
})

async function cutPower(open: (folder: string) => Promise<Program>, cuts: number, what: string) {
  const disk = openLoopDisk()
  disks.push(disk)
  const folder = join(disk.folder, 'data')
  const { told, readyMs } = await survive({
    program: await open(folder),
    strikes: cuts,
    dice: seededDice(what),
    strike: async (server) => {
      await server.freeze()
      disk.photograph()
      await server.kill()
      disk.exchange()
    },
  })
  const database = await openDatabase({ folder })
  const found = await differences(database, told)
  await database.close()
  figure(
    what,
    `${cuts} cuts, ${told.acknowledged.size} charges acknowledged, ${found.length} differences, ready again in ${Math.round(median(readyMs))} ms (median)`,
  )
  return found
}

test('after each power cut every acknowledged charge is there, once', {
  timeout: 60_000 + CUTS * 20_000,
}, async (context) => {
  if (why !== null) return context.skip(why)
  expect(await cutPower((folder) => scripServe({ folder }), CUTS, 'power cuts')).toEqual([])
})

test('without fsync the same cuts lose charges, or the folder', { timeout: 120_000 }, async (context) => {
  if (why !== null) return context.skip(why)
  const open = (folder: string) => ledgerDoor({ folder }, { fsync: false })
  const broken = cutPower(open, 2, 'power cuts without fsync')
  const found = await broken.catch((error: Error) => [error.message])
  expect(found).not.toEqual([])
})
