/** Corrects a balance: up is a grant by staff, down voids parts of lots in spend order. */
import type { Credits } from '@scrip/core'
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export interface AdjustRequest extends ReasonGiven {
  readonly accountId: string
  /** Signed; never 0. */
  readonly credits: Credits
}

export async function adjust(ask: Ask, request: AdjustRequest): Promise<Done> {
  const { credits, ...rest } = request
  return credits > 0
    ? submit(ask, { type: 'grant', kind: 'admin_grant', credits, ...rest, ...keyOf(ask) })
    : submit(ask, { type: 'adjust', credits: -credits, ...rest, ...keyOf(ask) })
}
