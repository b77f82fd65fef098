import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../server/src/database/database.ts'
import { differences } from './books.ts'
import { CREDITS_AT_SIGN_UP } from './charges.ts'
import { type ClientsBooks, startClients } from './clients.ts'
import { type Answered, ask } from './post.ts'
import { beginServer, ledgerDoor, type Program, scripServe } from './server-process.ts'
import { openSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.ts'
import { figure, seededDice } from './trial.ts'

const MEGABYTES = 320

let why: string | null
beforeAll(() => {
  why = whyNoSmallDisk()
  if (why !== null) console.warn(`A FULL DISK IS NOT TRIED: ${why}`)
})

const disks: SmallDisk[] = []
afterAll(() => {
  for (const disk of disks) disk.close()
})

interface FullDisk {
  /** Acknowledged when the refusals began, some refusals later, and at the end. */
  readonly acknowledged: readonly number[]
  readonly balanceRead: number
  readonly balanceTold: number
  /** What a new account was answered. */
  readonly account: Answered
  readonly told: ClientsBooks
  readonly found: readonly string[]
}

async function fillDisk(open: (folder: string) => Promise<Program>): Promise<FullDisk> {
  const disk = openSmallDisk(MEGABYTES)
  disks.push(disk)
  const folder = join(disk.folder, 'data')
  const program = await open(folder)
  const server = await beginServer(program)
  const ended = server.ended.then(({ output }) => Promise.reject(new Error(`The server ended: ${output}`)))
  ended.catch(() => {})
  try {
    const clients = startClients({ program, count: 8, dice: seededDice('disk full') })
    const { books } = clients
    await Promise.race([ended, clients.acknowledged(50)])
    // Less than one more file of what is written ahead, and more than rows need until that is full.
    disk.fill(14)
    await Promise.race([ended, clients.until(() => books.refused >= 20)])
    disk.fill()
    const atFirst = books.acknowledged.size
    const headers = { 'x-api-key': program.apiKey ?? '' }
    const accounts = `${server.url}/api/v1/accounts`
    const { text } = await ask(`${accounts}/ada/credits`, { headers })
    const account = await ask(`${accounts}/late`, { method: 'PUT', headers, body: {} })
    const balanceTold = CREDITS_AT_SIGN_UP - spentBy('ada', books)
    await clients.until(() => books.refused >= 60)
    const later = books.acknowledged.size
    disk.makeRoom()
    await Promise.race([ended, clients.acknowledged(later + 50)])
    const told = await clients.stop()
    await server.stop()
    const database = await openDatabase({ folder })
    const found = await differences(database, told)
    await database.close()
    const acknowledged = [atFirst, later, told.acknowledged.size]
    return { acknowledged, balanceRead: JSON.parse(text).balance, balanceTold, account, told, found }
  } finally {
    await server.kill()
  }
}

function spentBy(accountId: string, { asked, acknowledged }: ClientsBooks): number {
  const mine = [...acknowledged].filter(([key]) => asked.get(key)?.accountId === accountId)
  return mine.reduce((sum, [, { credits }]) => sum + credits, 0)
}

test('on a full disk charges are refused with 503, reading works, and it goes on by itself', {
  timeout: 60_000,
}, async (context) => {
  if (why !== null) return context.skip(why)
  const full = await fillDisk((folder) => scripServe({ folder }))
  const { acknowledged, told, found } = full
  figure(
    'disk full',
    `${told.refused} refusals, ${told.unanswered} requests without an answer, ${acknowledged.join(' → ')} acknowledged, ${found.length} differences`,
  )
  expect(acknowledged[1]).toBe(acknowledged[0])
  expect(full.balanceRead).toBe(full.balanceTold)
  expect([full.account.status, full.account.headers['retry-after']]).toEqual([503, expect.any(String)])
  expect(told.unanswered).toBe(0)
  expect(found).toEqual([])
})

test('a server that writes on until nothing is left ends itself', { timeout: 60_000 }, async (context) => {
  if (why !== null) return context.skip(why)
  const filled = fillDisk((folder) => ledgerDoor({ folder }, { roomBytesMin: 0 }))
  await expect(filled).rejects.toThrow('The server ended')
})
