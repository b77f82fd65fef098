/**
 * Tells a story: every act is done by the operation that the HTTP API calls, at its instant of the
 * year. Pools are told side by side, so the ledger gathers them into batches; within a pool the acts
 * keep their order. Told again after an interruption, it goes on where each pool stands: what was done
 * before that instant is passed over, and what was done at it is known by its key.
 */
import type { Instant } from '@scrip/core'
import { inTransaction } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'
import type { Ask } from '../operations/ask.ts'
import type { Installation } from '../operations/installation.ts'
import { putAccount } from '../operations/put-account.operation.ts'
import { readPool } from '../operations/read-pool.ts'
import { type Moment, momentsOf } from './moments.ts'
import type { AccountStory, Story } from './story.ts'

/** Accounts that share one pool, whose acts therefore follow each other. */
interface PoolStory {
  readonly accounts: readonly AccountStory[]
  readonly moments: readonly Moment[]
}

/** How many moments a story has: what its progress is counted in. */
export function momentCount(story: Story): number {
  return poolsOf(story).reduce((sum, pool) => sum + pool.moments.length, 0)
}

export async function tell(
  house: Installation,
  project: Project,
  story: Story,
  told: (moments: number) => void,
): Promise<void> {
  await Promise.all(poolsOf(story).map((pool) => tellPool(house, project, pool, told)))
}

function poolsOf({ accounts }: Story): readonly PoolStory[] {
  const owners = accounts.filter((account) => account.parentId === undefined)
  return owners.map((owner) => {
    const sharing = [owner, ...accounts.filter((account) => account.parentId === owner.id)]
    const moments = sharing.flatMap(momentsOf).sort((left, right) => left.at - right.at)
    return { accounts: sharing, moments }
  })
}

async function tellPool(
  house: Installation,
  project: Project,
  pool: PoolStory,
  told: (moments: number) => void,
): Promise<void> {
  for (const account of pool.accounts) await openAccount(house, project, account)
  const [owner] = pool.accounts
  const { state } = await readPool(askAt(house, project, owner!.openedAt), owner!.id)
  const left = pool.moments.filter((moment) => moment.at >= state.at)
  told(pool.moments.length - left.length)
  for (const moment of left) {
    await moment.happen(askAt(house, project, moment.at))
    told(1)
  }
}

async function openAccount(house: Installation, project: Project, story: AccountStory): Promise<void> {
  const { id, name, email, timeZone, currency, parentId, members, openedAt } = story
  const ask = askAt(house, project, openedAt)
  const request = {
    name,
    email,
    timeZone,
    members,
    ...(currency === undefined ? {} : { currency }),
    ...(parentId === undefined ? {} : { parentId, pool: 'parent' as const }),
  }
  await inTransaction(house.database.pool, (session) => putAccount(ask, session, id, request))
}

/** Staff's own rights, with the clock at the instant of the story. */
export function askAt(house: Installation, project: Project, at: Instant): Ask {
  return {
    house: { ...house, realTime: () => at },
    caller: { kind: 'operator' },
    project,
    dryRun: false,
    key: null,
    requestHash: null,
  }
}
