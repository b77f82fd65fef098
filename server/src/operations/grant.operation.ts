/** Makes a lot of free, promotional or staff's credits. */
import type { Credits, Instant, LotKind, Metadata } from '@scrip/core'
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export interface GrantRequest extends ReasonGiven {
  readonly accountId: string
  readonly kind: LotKind
  readonly credits: Credits
  readonly effectiveAt: Instant | null
  readonly expiresAt: Instant | null
  readonly metadata: Metadata | null
}

export async function grant(ask: Ask, request: GrantRequest): Promise<Done> {
  return submit(ask, { type: 'grant', ...request, ...keyOf(ask) })
}
