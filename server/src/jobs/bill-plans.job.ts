/** Bills the plans that were bought when their next period begins, and looks after bills that are not paid yet. */
import { claimBills, projectsWithBilling } from '../database/plan-bills.sql.ts'
import { billPlansOf } from '../operations/bill-plans.ts'
import { BILL_TURN_MS, goOnWithBill } from '../operations/go-on-with-bill.ts'
import type { Installation } from '../operations/installation.ts'
import type { Job } from './job.ts'

const BILLS_AT_ONCE = 20

export const billPlans: Job = {
  name: 'bill-plans',
  everyMs: 5_000,
  async run(house, signal) {
    const hasMore = await goOnWithBills(house, signal)
    for (const id of await projectsWithBilling(house.database.pool)) {
      if (signal.aborted) return false
      // Not what this process remembers: a test clock may have been moved by another.
      const project = await house.projects.reload(id)
      if (project !== null) await billPlansOf(house, project, signal)
    }
    return hasMore
  },
}

/** One that fails holds up no other; the first failure is thrown in the end. */
async function goOnWithBills(house: Installation, signal: AbortSignal): Promise<boolean> {
  const left = await claimBills(house.database.pool, BILL_TURN_MS, BILLS_AT_ONCE)
  const failures: unknown[] = []
  for (const bill of left) {
    if (signal.aborted) return false
    const project = await house.projects.reload(bill.project)
    if (project === null) continue
    await goOnWithBill(house, project, bill).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
  return left.length === BILLS_AT_ONCE
}
