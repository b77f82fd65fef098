/**
 * Who may do what: every route of the API with what a key needs for it. A route without a row here
 * does not start, and a row without a route is refused as well.
 */
import type { Scope } from '../database/keys.sql.ts'

export interface Access {
  /** `any` live key of the project; `open` to everybody; `operator` only through the machine's control socket. */
  readonly needs: Scope | 'any' | 'open' | 'operator'
  /** Whether a customer's own key may: it reads and quotes, on its own account alone. */
  readonly accountKey: boolean
}

function only(needs: Access['needs']): Access {
  return { needs, accountKey: false }
}

function alsoCustomers(needs: Scope | 'any'): Access {
  return { needs, accountKey: true }
}

export const ACCESS = {
  'create-project': only('operator'),
  'list-projects': only('operator'),
  verify: only('operator'),
  'read-project': alsoCustomers('any'),
  'read-own-credits': alsoCustomers('read'),

  'put-account': only('sell'),
  'create-account': only('sell'),
  'list-accounts': only('read'),
  'read-account': alsoCustomers('read'),
  'update-account': only('sell'),
  'erase-personal-data': only('sell'),
  'list-members': alsoCustomers('read'),
  'put-member': only('sell'),
  'remove-member': only('sell'),

  'read-credits': alsoCustomers('read'),
  'stream-credits': alsoCustomers('read'),
  'explain-credits': alsoCustomers('read'),
  'list-lots': alsoCustomers('read'),
  'list-account-transactions': alsoCustomers('read'),
  'list-transactions': only('read'),
  'read-transaction': alsoCustomers('read'),
  'read-usage-months': alsoCustomers('read'),
  'read-usage-days': alsoCustomers('read'),
  'read-usage-breakdown': alsoCustomers('read'),
  'put-terms': only('admin'),

  'list-actions': alsoCustomers('read'),
  'list-plans': alsoCustomers('read'),
  'list-packs': alsoCustomers('read'),
  quote: alsoCustomers('spend'),
  'quote-batch': alsoCustomers('spend'),
  charge: only('spend'),
  'charge-batch': only('spend'),
  'read-charge': alsoCustomers('read'),
  'explain-charge': alsoCustomers('read'),
  refund: only('refund'),
  hold: only('spend'),
  'list-holds': alsoCustomers('read'),
  'read-hold': alsoCustomers('read'),
  'extend-hold': only('spend'),
  capture: only('spend'),
  release: only('spend'),
  grant: only('grant'),
  'void-lot': only('grant'),
  adjust: only('grant'),

  subscribe: only('sell'),
  'read-subscription': alsoCustomers('read'),
  'cancel-subscription': only('sell'),
  'pause-subscription': only('sell'),
  'resume-subscription': only('sell'),
  'report-payment-failed': only('sell'),
  'report-payment-received': only('sell'),

  'create-purchase': only('sell'),
  'list-purchases': alsoCustomers('read'),
  'read-purchase': alsoCustomers('read'),
  'read-purchase-monitor': only('read'),
  'list-account-payments': alsoCustomers('read'),
  'recheck-purchase': only('sell'),
  'confirm-purchase': only('grant'),
  'decline-purchase': only('grant'),
  'offer-purchase': only('grant'),
  'refund-purchase': only('refund'),
  'act-in-sandbox': only('sell'),

  'set-alerts': only('admin'),
  'list-budgets': alsoCustomers('read'),
  'put-budget': only('admin'),
  'read-budget': alsoCustomers('read'),
  'remove-budget': only('admin'),

  'create-key': only('keys'),
  'list-keys': only('keys'),
  'revoke-key': only('keys'),
  'rotate-key': only('keys'),
  'verify-key': only('read'),

  'list-gateways': only('admin'),
  'put-gateway': only('admin'),
  'list-gateway-events': only('admin'),
  'retry-gateway-event': only('admin'),

  'read-catalog': only('read'),
  'apply-catalog': only('admin'),
  'list-catalog-versions': only('read'),
  'put-billing-details': only('sell'),
  'read-billing-details': only('read'),
  'put-seller': only('admin'),
  'read-seller': only('read'),
  'list-invoices': alsoCustomers('read'),
  'read-invoice': alsoCustomers('read'),
  'put-notifications': only('sell'),
  'read-notifications': only('read'),
  'list-notices': alsoCustomers('read'),
  'mark-notices-read': only('sell'),
  'list-mails': only('read'),
  'send-mail-again': only('admin'),

  'list-events': only('read'),
  'set-told-events': only('admin'),
  'create-webhook-endpoint': only('admin'),
  'list-webhook-endpoints': only('admin'),
  'read-webhook-endpoint': only('admin'),
  'update-webhook-endpoint': only('admin'),
  'delete-webhook-endpoint': only('admin'),
  'rotate-webhook-secret': only('admin'),
  'list-webhook-deliveries': only('admin'),
  'read-webhook-delivery': only('admin'),
  'redeliver-webhook': only('admin'),
  'redeliver-webhook-span': only('admin'),
  'put-top-up': only('sell'),
  'read-top-up': alsoCustomers('read'),
  'remove-top-up': only('sell'),
  'list-payment-methods': alsoCustomers('read'),

  'create-export': only('admin'),
  'list-exports': only('admin'),
  'read-export': only('admin'),
  'put-export-schedule': only('admin'),
  'list-export-schedules': only('admin'),
  'read-export-schedule': only('admin'),
  'remove-export-schedule': only('admin'),
  'read-test-clock': only('read'),
  'move-test-clock': only('admin'),
  'release-test-clock': only('admin'),
} as const satisfies Record<string, Access>

export type OperationId = keyof typeof ACCESS
