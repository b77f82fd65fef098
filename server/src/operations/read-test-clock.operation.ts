/** What time it is for a test project, or for one account of it, and whether its clock stands. */
import type { Instant } from '@scrip/core'
import { type Ask, accountOf, accountTime, projectTime } from './ask.ts'
import { refuseLive } from './test-clock.ts'

export async function readTestClock(
  ask: Ask,
  accountId: string | null,
): Promise<{ readonly now: Instant; readonly stands: boolean }> {
  refuseLive(ask)
  if (accountId === null) return { now: projectTime(ask), stands: ask.project.testClockStands }
  const account = await accountOf(ask, accountId)
  return { now: accountTime(ask, account), stands: account.testClockStands || ask.project.testClockStands }
}
