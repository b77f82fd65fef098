/** Puts an account on a plan: the first one, another one, or the same again with another amount. */
import type { Credits, Instant, Money } from '@scrip/core'
import type { Ask } from './ask.ts'
import { type ComingRefill, comingRefills } from './coming-refills.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export interface SubscribeRequest extends ReasonGiven {
  readonly accountId: string
  readonly plan: string
  readonly credits: Credits | null
  readonly price: Money | null
  readonly startsAt: Instant | null
  readonly endsAt: Instant | null
  readonly trial: boolean
  readonly when: 'now' | 'periodEnd' | null
}

/** On a dry run also what will come: the refills of the next year. */
export async function subscribe(
  ask: Ask,
  request: SubscribeRequest,
): Promise<Done & { readonly refills: readonly ComingRefill[] | null }> {
  const done = await submit(ask, { type: 'subscribe', ...request, ...keyOf(ask) })
  const refills = ask.dryRun && done.state !== null ? comingRefills(done.state, ask.project.catalogs) : null
  return { ...done, refills }
}
