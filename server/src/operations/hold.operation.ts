/** Sets credits aside for an action under way. */
import type { Ask } from './ask.ts'
import { type SpendRequest, spendingOf } from './spend-request.ts'
import { type Done, keyOf, submit } from './submit.ts'

export interface HoldRequest extends SpendRequest {
  readonly timeoutMs: number | null
  /** The quantity of which the largest affordable number is held. */
  readonly atMost: string | null
}

export async function hold(ask: Ask, request: HoldRequest): Promise<Done> {
  const { timeoutMs, atMost, ...spend } = request
  return submit(ask, { type: 'hold', ...spendingOf(ask, spend), timeoutMs, atMost, ...keyOf(ask) })
}
