/** Up to a thousand charges in one request, each with its own key and its own outcome, in order. */
import type { Ask } from './ask.ts'
import { charge } from './charge.operation.ts'
import { requestHash } from './request-hash.ts'
import type { SpendRequest } from './spend-request.ts'
import type { Done } from './submit.ts'

export interface BatchItem {
  readonly request: SpendRequest
  readonly idempotencyKey: string | null
}

/** What became of each: the row, or what was thrown. They are handed to the ledger in order and decided in few commits. */
export function chargeBatch(ask: Ask, items: readonly BatchItem[]): Promise<PromiseSettledResult<Done>[]> {
  return Promise.allSettled(
    items.map(({ request, idempotencyKey }) =>
      charge({ ...ask, key: idempotencyKey, requestHash: hashOf(request, idempotencyKey) }, request),
    ),
  )
}

function hashOf(request: SpendRequest, key: string | null): string | null {
  return key === null ? null : requestHash(['charge-batch', request])
}
