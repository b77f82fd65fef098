/** Takes out of the log of webhooks what was delivered long ago; what waits or failed stays. */
import { forgetDelivered } from '../database/deliveries.sql.ts'
import type { Job } from './job.ts'

const KEPT_MS = 30 * 86_400_000
const AT_ONCE = 5_000

export const forgetDeliveries: Job = {
  name: 'forget-deliveries',
  everyMs: 3_600_000,
  async run({ database, realTime }) {
    return (await forgetDelivered(database.pool, realTime() - KEPT_MS, AT_ONCE)) === AT_ONCE
  },
}
