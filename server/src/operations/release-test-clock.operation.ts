/** Gives a test project, or one account of it, back to real time. */
import type { Instant } from '@scrip/core'
import type { Ask } from './ask.ts'
import { letGo } from './test-clock.ts'

export function releaseTestClock(ask: Ask, accountId: string | null): Promise<Instant> {
  return letGo(ask, accountId)
}
