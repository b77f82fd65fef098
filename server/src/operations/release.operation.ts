/** Gives back what a hold still sets aside, and ends it. */
import type { Actor } from '@scrip/core'
import type { Ask } from './ask.ts'
import { locate } from './place-of-id.ts'
import { type Done, keyOf, submitTo } from './submit.ts'

export interface ReasonGiven {
  readonly reason: string | null
  readonly actor: Actor | null
}

export async function release(ask: Ask, holdId: string, request: ReasonGiven): Promise<Done> {
  const { address, place, accountId } = await locate(ask, 'hold', holdId)
  return submitTo(ask, address, { type: 'release', accountId, hold: place, ...request, ...keyOf(ask) })
}
