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

  'read-catalog': only('read'),
  'apply-catalog': only('admin'),
  'list-catalog-versions': only('read'),
  'list-events': only('read'),
  'read-test-clock': only('read'),
  'move-test-clock': only('admin'),
  'release-test-clock': only('admin'),
} as const satisfies Record<string, Access>

export type OperationId = keyof typeof ACCESS
