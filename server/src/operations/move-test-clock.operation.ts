/** Puts the test clock of a project, or of one account, forward. */
import type { Ask } from './ask.ts'
import { type ClockMoved, type Move, moveAccountClock, moveProjectClock } from './test-clock.ts'

export function moveTestClock(ask: Ask, accountId: string | null, move: Move): Promise<ClockMoved> {
  return accountId === null ? moveProjectClock(ask, move) : moveAccountClock(ask, accountId, move)
}
