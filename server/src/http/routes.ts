/** Every route of the API, in the order in which the documentation shows them. */
import {
  createAccountRoute,
  erasePersonalDataRoute,
  listAccountsRoute,
  putAccountRoute,
  readAccountRoute,
  updateAccountRoute,
} from './account.route.ts'
import {
  putBillingDetailsRoute,
  putSellerRoute,
  readBillingDetailsRoute,
  readSellerRoute,
} from './billing.route.ts'
import { applyCatalogRoute, listCatalogVersionsRoute, readCatalogRoute } from './catalog.route.ts'
import { chargeBatchRoute, chargeRoute } from './charge.route.ts'
import { explainChargeRoute, readChargeRoute } from './charge-read.route.ts'
import {
  explainCreditsRoute,
  listLotsRoute,
  readCreditsRoute,
  readOwnCreditsRoute,
  streamCreditsRoute,
} from './credits.route.ts'
import { listEventsRoute } from './event.route.ts'
import { createExportRoute, listExportsRoute, readExportRoute } from './export.route.ts'
import {
  listExportSchedulesRoute,
  putExportScheduleRoute,
  readExportScheduleRoute,
  removeExportScheduleRoute,
} from './export-schedule.route.ts'
import {
  listGatewayEventsRoute,
  listGatewaysRoute,
  putGatewayRoute,
  retryGatewayEventRoute,
} from './gateway.route.ts'
import { adjustRoute, grantRoute, voidLotRoute } from './grant.route.ts'
import { captureRoute, extendHoldRoute, holdRoute, readHoldRoute, releaseRoute } from './hold.route.ts'
import { listInvoicesRoute, readInvoiceRoute } from './invoice.route.ts'
import { createKeyRoute, listKeysRoute, revokeKeyRoute, rotateKeyRoute, verifyKeyRoute } from './key.route.ts'
import { listHoldsRoute } from './list-holds.route.ts'
import { listMembersRoute, putMemberRoute, removeMemberRoute } from './member.route.ts'
import { listNoticesRoute, markNoticesReadRoute } from './notice.route.ts'
import {
  listMailsRoute,
  putNotificationsRoute,
  readNotificationsRoute,
  sendMailAgainRoute,
} from './notification.route.ts'
import { listActionsRoute, listPacksRoute, listPlansRoute } from './offer.route.ts'
import { createProjectRoute, listProjectsRoute, readProjectRoute } from './project.route.ts'
import {
  createPurchaseRoute,
  listAccountPaymentsRoute,
  listPurchasesRoute,
  readPurchaseMonitorRoute,
  readPurchaseRoute,
} from './purchase.route.ts'
import { PURCHASE_ACT_ROUTES } from './purchase-act.route.ts'
import { quoteBatchRoute, quoteRoute } from './quote.route.ts'
import { refundRoute } from './refund.route.ts'
import type { Route } from './route.ts'
import {
  cancelSubscriptionRoute,
  readSubscriptionRoute,
  SUBSCRIPTION_ACT_ROUTES,
  subscribeRoute,
} from './subscription.route.ts'
import {
  listBudgetsRoute,
  putBudgetRoute,
  putTermsRoute,
  readBudgetRoute,
  removeBudgetRoute,
  setAlertsRoute,
} from './terms.route.ts'
import { moveTestClockRoute, readTestClockRoute, releaseTestClockRoute } from './test-clock.route.ts'
import { listPaymentMethodsRoute, putTopUpRoute, readTopUpRoute, removeTopUpRoute } from './top-up.route.ts'
import {
  listAccountTransactionsRoute,
  listTransactionsRoute,
  readTransactionRoute,
} from './transaction.route.ts'
import { readUsageBreakdownRoute, readUsageDaysRoute, readUsageMonthsRoute } from './usage.route.ts'
import { verifyRoute } from './verify.route.ts'
import {
  createWebhookEndpointRoute,
  deleteWebhookEndpointRoute,
  listWebhookEndpointsRoute,
  readWebhookEndpointRoute,
  rotateWebhookSecretRoute,
  setToldEventsRoute,
  updateWebhookEndpointRoute,
} from './webhook.route.ts'
import {
  listWebhookDeliveriesRoute,
  readWebhookDeliveryRoute,
  redeliverWebhookRoute,
  redeliverWebhookSpanRoute,
} from './webhook-delivery.route.ts'

export const ROUTES: readonly Route[] = [
  readProjectRoute,
  createProjectRoute,
  listProjectsRoute,
  verifyRoute,
  readOwnCreditsRoute,
  putAccountRoute,
  createAccountRoute,
  listAccountsRoute,
  readAccountRoute,
  updateAccountRoute,
  erasePersonalDataRoute,
  listMembersRoute,
  putMemberRoute,
  removeMemberRoute,
  readCreditsRoute,
  streamCreditsRoute,
  explainCreditsRoute,
  listLotsRoute,
  listAccountTransactionsRoute,
  listTransactionsRoute,
  readTransactionRoute,
  readUsageMonthsRoute,
  readUsageDaysRoute,
  readUsageBreakdownRoute,
  putTermsRoute,
  setAlertsRoute,
  listBudgetsRoute,
  putBudgetRoute,
  readBudgetRoute,
  removeBudgetRoute,
  listActionsRoute,
  listPlansRoute,
  listPacksRoute,
  quoteRoute,
  quoteBatchRoute,
  chargeRoute,
  chargeBatchRoute,
  readChargeRoute,
  explainChargeRoute,
  refundRoute,
  holdRoute,
  listHoldsRoute,
  readHoldRoute,
  extendHoldRoute,
  captureRoute,
  releaseRoute,
  grantRoute,
  voidLotRoute,
  adjustRoute,
  subscribeRoute,
  readSubscriptionRoute,
  cancelSubscriptionRoute,
  ...SUBSCRIPTION_ACT_ROUTES,
  createPurchaseRoute,
  listPurchasesRoute,
  readPurchaseMonitorRoute,
  readPurchaseRoute,
  ...PURCHASE_ACT_ROUTES,
  listAccountPaymentsRoute,
  createKeyRoute,
  listKeysRoute,
  revokeKeyRoute,
  rotateKeyRoute,
  verifyKeyRoute,
  listGatewaysRoute,
  putGatewayRoute,
  listGatewayEventsRoute,
  retryGatewayEventRoute,
  readCatalogRoute,
  applyCatalogRoute,
  listCatalogVersionsRoute,
  putBillingDetailsRoute,
  readBillingDetailsRoute,
  putSellerRoute,
  readSellerRoute,
  listInvoicesRoute,
  readInvoiceRoute,
  putNotificationsRoute,
  readNotificationsRoute,
  listNoticesRoute,
  markNoticesReadRoute,
  listMailsRoute,
  sendMailAgainRoute,
  listEventsRoute,
  setToldEventsRoute,
  createWebhookEndpointRoute,
  listWebhookEndpointsRoute,
  readWebhookEndpointRoute,
  updateWebhookEndpointRoute,
  deleteWebhookEndpointRoute,
  rotateWebhookSecretRoute,
  listWebhookDeliveriesRoute,
  readWebhookDeliveryRoute,
  redeliverWebhookRoute,
  redeliverWebhookSpanRoute,
  putTopUpRoute,
  readTopUpRoute,
  removeTopUpRoute,
  listPaymentMethodsRoute,
  createExportRoute,
  listExportsRoute,
  readExportRoute,
  putExportScheduleRoute,
  listExportSchedulesRoute,
  readExportScheduleRoute,
  removeExportScheduleRoute,
  readTestClockRoute,
  moveTestClockRoute,
  releaseTestClockRoute,
]
