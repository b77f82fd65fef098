/** Brings invoices up to date whose purchase, or whose details, somebody changed and then died. */
import { forgottenInvoices, uninvoicedPurchases } from '../database/invoices.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { bringInvoiceUpToDate } from '../operations/invoice-purchase.ts'
import type { Job } from './job.ts'

const AT_ONCE = 500

export const issueInvoices: Job = {
  name: 'issue-invoices',
  everyMs: 60_000,
  async run(house, signal) {
    const { pool } = house.database
    const left = [...(await uninvoicedPurchases(pool, AT_ONCE)), ...(await forgottenInvoices(pool, AT_ONCE))]
    let failure: unknown
    for (const { project: id, purchaseId } of left) {
      if (signal.aborted) return false
      const project = await house.projects.find(id)
      if (project === null) continue
      // One that cannot be invoiced holds up no other; the round's failure is told once they are done.
      await inTransaction(pool, (session) => bringInvoiceUpToDate(session, house, project, purchaseId)).catch(
        (error: unknown) => {
          failure = error
        },
      )
    }
    if (failure !== undefined) throw failure
    return false
  },
}
