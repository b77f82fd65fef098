/**
 * Delivers to one endpoint, page by page, until nothing waits or it is to be left alone. Several letters
 * are under way at once, and what came of them is written down as they come back. What was sent and not
 * written down is sent again by whoever goes on: at least once, each time under the same id.
 */
import { assert } from '@scrip/core'
import {
  claimedEndpoint,
  type Due,
  dueAgain,
  holdBackEndpoint,
  hurryDeliveries,
  newEvents,
  releaseEndpoint,
  type Tried,
  writeProgress,
} from '../database/deliveries.sql.ts'
import { databaseFault } from '../database/fault.ts'
import type { EndpointHealth, EndpointRow } from '../database/webhooks.sql.ts'
import type { Installation } from '../operations/installation.ts'
import { VERSION } from '../version.ts'
import { disableEndpoint } from './disable.ts'
import type { Letters } from './letters.ts'
import type { Posted, Postman } from './post.ts'
import { afterFailure, HEALTHY, isGivenUp, isHeldBack, nextTryAt, retryAfterAt } from './schedule.ts'
import { openSigner, type Sign, secretPlace } from './signing.ts'

export interface Delivering {
  readonly house: Installation
  readonly postman: Postman
  readonly letters: Letters
  /** The name under which endpoints are claimed. */
  readonly claim: string
  readonly leaseMs: number
  readonly signal: AbortSignal
  /** 0 to 1. */
  readonly dice: () => number
}

const PAGE_MAX = 200
const UNDER_WAY_MAX = 10
/** What came back is written down when it is so many, or so long after the last time. */
const UNWRITTEN_MAX = 100
const WRITE_EVERY_MS = 500
const GONE = 410
const HELD_BACK_MS = 60_000

export async function deliverTo(world: Delivering, claimed: EndpointRow): Promise<void> {
  const { house, claim, signal } = world
  const session = house.database.pool
  try {
    let endpoint: EndpointRow | null = claimed
    while (endpoint !== null && !signal.aborted) {
      const page = await nextPage(world, endpoint)
      if (page === null) return
      await sendPage(world, endpoint, page)
      endpoint = await claimedEndpoint(session, endpoint.id, claim)
      if (endpoint !== null && (endpoint.probeAt ?? 0) > house.realTime()) return
    }
  } catch (error) {
    // The database being away is everybody's trouble; anything else is this endpoint's, and holds up no other.
    if (databaseFault(error) !== undefined) throw error
    const until = house.realTime() + HELD_BACK_MS
    await holdBackEndpoint(session, claimed.id, claim, until, String(error).slice(0, 500))
  } finally {
    await releaseEndpoint(session, claimed.id, claim)
  }
}

interface Page {
  readonly due: readonly Due[]
  /** Where the endpoint stands when all of it was tried. */
  readonly lookedTo: number
}

/** What has waited longest first; null where nothing waits. One that is held back is asked with a single letter. */
async function nextPage({ house }: Delivering, endpoint: EndpointRow): Promise<Page | null> {
  const session = house.database.pool
  const limit = isHeldBack(endpoint) ? 1 : PAGE_MAX
  const again = await dueAgain(session, endpoint.id, house.realTime(), limit)
  if (again.length > 0) return { due: again, lookedTo: endpoint.position }
  const { due, lookedTo } = await newEvents(session, endpoint, PAGE_MAX)
  if (lookedTo === endpoint.position) return null
  const first = due.slice(0, limit)
  return { due: first, lookedTo: first.length < due.length ? first.at(-1)!.position : lookedTo }
}

/** A page under way: what came of it so far. */
interface Sending {
  health: EndpointHealth
  /** Left alone since something of this page. */
  rests: boolean
  /** It answered 410. */
  isGone: boolean
  isOurs: boolean
  unwritten: Tried[]
  writtenAt: number
  writing: Promise<void>
}

async function sendPage(world: Delivering, endpoint: EndpointRow, page: Page): Promise<void> {
  const { house, letters, signal } = world
  const found = await letters.of(
    endpoint.projectId,
    page.due.map(({ position }) => position),
  )
  const sign = signerOf(house, endpoint)
  const sending = openSending(endpoint)
  const untried = new Set(page.due.map(({ position }) => position))
  let next = 0
  const work = async (): Promise<void> => {
    while (!sending.rests && !sending.isGone && sending.isOurs && !signal.aborted) {
      const due = page.due[next++]
      if (due === undefined) return
      const letter = found.get(due.position)
      assert(letter !== undefined, 'what is due is an event of the stream')
      const headers = sign(letter, house.realTime())
      const posted = await world.postman.post({ url: endpoint.url, headers, body: letter.body })
      if (posted === 'stopped') return
      judge(world, sending, due, posted)
      untried.delete(due.position)
      writeNowAndThen(world, endpoint, sending)
    }
  }
  await Promise.all(Array.from({ length: UNDER_WAY_MAX }, work))
  await sending.writing
  // What was tried before is found again by its own row; the place moves on to the first that was not.
  const first = Math.min(...untried)
  const position = untried.size === 0 ? page.lookedTo : Math.max(endpoint.position, first - 1)
  await write(world, endpoint, sending, position)
  await conclude(world, endpoint, sending)
}

function openSending(endpoint: EndpointRow): Sending {
  const { failures, failingSince, probes, probeAt } = endpoint
  return {
    health: { failures, failingSince, probes, probeAt },
    rests: false,
    isGone: false,
    isOurs: true,
    unwritten: [],
    writtenAt: performance.now(),
    writing: Promise.resolve(),
  }
}

function signerOf({ secrets, realTime }: Installation, endpoint: EndpointRow): Sign {
  const { id, secret, previousSecret, previousUntil } = endpoint
  const open = (sealed: Buffer) => secrets.open(sealed, secretPlace(id))
  const overlaps = previousSecret !== null && (previousUntil ?? 0) > realTime()
  return openSigner([open(secret), ...(overlaps ? [open(previousSecret)] : [])], `Scrip/${VERSION}`)
}

function judge(
  { house, dice }: Delivering,
  sending: Sending,
  { position, tried }: Due,
  posted: Posted,
): void {
  const now = house.realTime()
  const { ms, status, error, body } = posted
  const at = now
  if (error === null) {
    sending.health = HEALTHY
    sending.rests = false
    sending.unwritten.push({ position, result: 'delivered', nextAt: null, at, ms, status, error, body })
    return
  }
  const notBefore = retryAfterAt(posted.retryAfter, now)
  // Letters that were under way when it was left alone say nothing new.
  sending.health = sending.rests
    ? { ...sending.health, failures: sending.health.failures + 1 }
    : afterFailure(sending.health, now, notBefore, dice())
  sending.rests = isHeldBack(sending.health)
  sending.isGone ||= status === GONE
  const nextAt = nextTryAt(now, tried + 1, notBefore, dice())
  const result = nextAt === null ? 'failed' : 'waiting'
  sending.unwritten.push({ position, result, nextAt, at, ms, status, error, body })
}

function writeNowAndThen(world: Delivering, endpoint: EndpointRow, sending: Sending): void {
  const isDue =
    sending.unwritten.length >= UNWRITTEN_MAX || performance.now() - sending.writtenAt > WRITE_EVERY_MS
  if (!isDue || sending.unwritten.length === 0) return
  sending.writing = sending.writing.then(() => write(world, endpoint, sending, endpoint.position))
  // Told to whoever waits for the page; here it is only kept from being nobody's.
  sending.writing.catch(() => {})
}

async function write(
  { house, claim, leaseMs }: Delivering,
  endpoint: EndpointRow,
  sending: Sending,
  position: number,
): Promise<void> {
  const tried = sending.unwritten
  sending.unwritten = []
  sending.writtenAt = performance.now()
  const { health } = sending
  const progress = { id: endpoint.id, claim, leaseMs, position, health, tried }
  if (!(await writeProgress(house.database.pool, progress))) sending.isOurs = false
}

async function conclude({ house }: Delivering, endpoint: EndpointRow, sending: Sending): Promise<void> {
  if (!sending.isOurs) return
  const now = house.realTime()
  if (sending.isGone) await disableEndpoint(house, endpoint, 'gone')
  else if (isGivenUp(sending.health, now)) await disableEndpoint(house, endpoint, 'failing')
  else if (isHeldBack(endpoint) && !isHeldBack(sending.health))
    await hurryDeliveries(house.database.pool, endpoint.id, now)
}
