/** All jobs of an installation, each in its `<name>.job.ts`. */
import { advanceDuePools } from './advance-due-pools.job.ts'
import { billPlans } from './bill-plans.job.ts'
import { deliverWebhooks } from './deliver-webhooks.job.ts'
import { forgetDeliveries } from './forget-deliveries.job.ts'
import { handleGatewayEvents } from './handle-gateway-events.job.ts'
import { issueInvoices } from './issue-invoices.job.ts'
import type { Job } from './job.ts'
import { makeExports } from './make-exports.job.ts'
import { reconcilePurchases } from './reconcile-purchases.job.ts'
import { scheduleExports } from './schedule-exports.job.ts'
import { sendMails } from './send-mails.job.ts'
import { tellCustomers } from './tell-customers.job.ts'
import { topUpAutomatically } from './top-up-automatically.job.ts'

export const EVERY_JOB: readonly Job[] = [
  advanceDuePools,
  reconcilePurchases,
  deliverWebhooks,
  forgetDeliveries,
  handleGatewayEvents,
  scheduleExports,
  makeExports,
  topUpAutomatically,
  billPlans,
  issueInvoices,
  tellCustomers,
  sendMails,
]
