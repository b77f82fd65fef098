/**
 * Gives events their places and delivers them to webhook endpoints. Each endpoint is served beside the
 * others, so that one that is slow or dead delays none of them; a round lasts as long as any is served.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { claimEndpoints } from '../database/deliveries.sql.ts'
import { giveEventPlaces } from '../database/events.sql.ts'
import type { Installation } from '../operations/installation.ts'
import { type Delivering, deliverTo } from '../webhooks/deliver.ts'
import { openLetters } from '../webhooks/letters.ts'
import { openPostman } from '../webhooks/post.ts'
import type { Job } from './job.ts'

/** Longer than any letter is under way: what is claimed for longer is a dead process's. */
const LEASE_MS = 30_000
const LOOK_EVERY_MS = 200
const PLACES_AT_ONCE = 5_000
const ENDPOINTS_MAX = 200

export const deliverWebhooks: Job = {
  name: 'deliver-webhooks',
  everyMs: 500,
  async run(house, signal) {
    const postman = openPostman({ allowsPrivate: house.webhooksMayBePrivate, signal })
    const world = {
      house,
      postman,
      letters: openLetters(house),
      signal,
      leaseMs: LEASE_MS,
      dice: Math.random,
    }
    try {
      await serveEndpoints({ ...world, claim: randomUUID() })
    } finally {
      postman.close()
    }
    return false
  },
}

async function serveEndpoints(world: Delivering): Promise<void> {
  const { signal } = world
  const serving = new Set<Promise<void>>()
  const failures: unknown[] = []
  do {
    for (const endpoint of await lookRound(world.house, world, ENDPOINTS_MAX - serving.size)) {
      const service = deliverTo(world, endpoint)
        .catch((error: unknown) => failures.push(error))
        .then(() => {
          serving.delete(service)
        })
      serving.add(service)
    }
    if (serving.size > 0) await Promise.race([Promise.all(serving), rest(signal)])
  } while (serving.size > 0 && !signal.aborted)
  await Promise.all(serving)
  if (failures.length > 0) throw failures[0]
}

async function lookRound(house: Installation, { claim, leaseMs }: Delivering, limit: number) {
  const { pool } = house.database
  while ((await giveEventPlaces(pool, PLACES_AT_ONCE)) >= PLACES_AT_ONCE);
  if (limit <= 0) return []
  return claimEndpoints(pool, { name: claim, leaseMs, now: house.realTime(), limit })
}

async function rest(signal: AbortSignal): Promise<void> {
  await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
}
