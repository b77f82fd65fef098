/** Takes what was held, all or part, in one step or in several. */
import type { Actor, Credits, Options, Quantities } from '@scrip/core'
import type { Ask } from './ask.ts'
import { locate } from './place-of-id.ts'
import { type Done, keyOf, submitTo } from './submit.ts'

/** By credits, or by what really happened; neither = all that is left. */
export interface AmountRequest {
  readonly credits: Credits | null
  readonly quantities: Quantities | null
  readonly options: Options | null
  readonly reason: string | null
  readonly actor: Actor | null
}

export interface CaptureRequest extends AmountRequest {
  readonly final: boolean
  readonly beyondHold: boolean
}

export async function capture(ask: Ask, holdId: string, request: CaptureRequest): Promise<Done> {
  const { address, place, accountId } = await locate(ask, 'hold', holdId)
  return submitTo(ask, address, { type: 'capture', accountId, hold: place, ...request, ...keyOf(ask) })
}
