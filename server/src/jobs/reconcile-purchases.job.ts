/** Nobody's payment stays stuck because a webhook was lost or a process died: both are found here. */
import { listProjectRows } from '../database/projects.sql.ts'
import { PORTION, recheckUnpaid, settleLeft } from '../operations/reconcile-purchases.ts'
import type { Job } from './job.ts'

export const reconcilePurchases: Job = {
  name: 'reconcile-purchases',
  everyMs: 60_000,
  async run(house, signal) {
    let hasMore = (await settleLeft(house)) === PORTION
    for (const { id, catalogVersion } of await listProjectRows(house.database.pool)) {
      if (signal.aborted) return false
      const project = catalogVersion === 0 ? null : await house.projects.find(id)
      if (project !== null && (await recheckUnpaid(house, project)) === PORTION) hasMore = true
    }
    return hasMore
  },
}
