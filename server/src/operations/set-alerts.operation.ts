/** An account's own thresholds, in place of the catalog's; null brings the catalog's back. */
import type { Threshold } from '@scrip/core'
import type { Ask } from './ask.ts'
import type { ReasonGiven } from './release.operation.ts'
import { type Done, keyOf, submit } from './submit.ts'

export async function setAlerts(
  ask: Ask,
  accountId: string,
  request: ReasonGiven & { readonly thresholds: readonly Threshold[] | null },
): Promise<Done> {
  return submit(ask, { type: 'alerts', accountId, ...request, ...keyOf(ask) })
}
