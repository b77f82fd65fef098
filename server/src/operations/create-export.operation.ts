/** Orders a file of an account's usage or transactions; it is made beside the requests. */
import type { Instant } from '@scrip/core'
import {
  type ExportReport,
  type ExportRow,
  type ExportScope,
  insertExport,
  type UsageKey,
} from '../database/exports.sql.ts'
import type { Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import type { Ask } from './ask.ts'
import { readPool } from './read-pool.ts'
import { Refused } from './refused.ts'
import { rowsOf } from './transaction-filter.ts'

export interface ExportRequest {
  readonly accountId: string
  /** null: the whole pool for the account that owns it, its own rows for one that shares it. */
  readonly scope: ExportScope | null
  readonly report: ExportReport
  /** What usage is told apart by. */
  readonly by: readonly UsageKey[]
  readonly from: Instant | null
  /** null, or an instant to come: up to now, since a span that has ended never changes again. */
  readonly to: Instant | null
}

/** The account's pool is read before the transaction: on the embedded database it would wait for it for ever. */
export async function prepareExport(ask: Ask, request: ExportRequest) {
  const read = await readPool(ask, request.accountId)
  rowsOf(read, request.scope)
  const { account, now, state } = read
  const to = request.to === null ? now : Math.min(request.to, now)
  if (request.from !== null && request.from >= to) {
    throw new Refused('span_empty', 'The span ends before it begins.', {}, 'from')
  }
  const { lane, pool, timeZone } = account
  const scope = request.scope ?? defaultScope(state.ownerId, account.id)
  return { ...request, scope, to, lane, pool, timeZone, createdAt: now }
}

export function defaultScope(ownerId: string, accountId: string): ExportScope {
  return ownerId === accountId ? 'pool' : 'account'
}

export function createExport(
  ask: Ask,
  session: Session,
  prepared: Awaited<ReturnType<typeof prepareExport>>,
): Promise<ExportRow> {
  const { accountId, scope, report, by, from, to, lane, pool, timeZone, createdAt } = prepared
  const id = freshId('exp', createdAt)
  return insertExport(session, {
    ...{ project: ask.project.id, id, accountId, scope, report, by, from, to, lane, pool, createdAt },
    ...{ timeZone, scheduleId: null, missed: 0, deliver: null },
  })
}
