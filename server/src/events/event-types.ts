/**
 * Every type of event: its version, what it says, and an example of its data beside `account` and
 * `credits`, which all have. The documentation and the schemas are made from this one table. Fields are
 * only ever added within a version; what changes their meaning is the next one.
 */

export interface EventType {
  readonly version: number
  readonly summary: string
  /** The data of its own; a null stands for a value that may be absent. */
  readonly example: Readonly<Record<string, unknown>>
  /** Told of an account; else of the project, and `account` and `credits` are null. */
  readonly ofAccount: boolean
}

function ofAccount(summary: string, example: EventType['example'] = {}): EventType {
  return { version: 1, summary, example, ofAccount: true }
}

function ofProject(summary: string, example: EventType['example'] = {}): EventType {
  return { ...ofAccount(summary, example), ofAccount: false }
}

const AT = '2026-11-20T12:00:00.000Z'
const LATER = '2026-12-01T00:00:00.000Z'
const DRAWS = [{ lotId: 'lot_0000000100000002', credits: 12 }]
const USE = {
  accountId: 'org_42',
  action: 'image.generate',
  userId: 'ada',
  subject: { type: 'job', id: 'job_123', name: 'Cover' },
  metadata: {},
}

const CHARGE = {
  id: 'chg_01kabcdefg0000000100000007',
  transactionId: 'txn_01kabcdefg0000000100000007',
  ...USE,
  amount: 12,
  lines: [{ name: 'Image', credits: 12, quantity: 6, unit: 2, per: 'images' }],
  draws: DRAWS,
  quantities: { images: 6 },
  options: { model: 'standard' },
  quoteId: null,
  holdId: null,
  catalogVersion: 1,
  at: AT,
}

const HOLD = {
  id: 'hold_01kabcdefg0000000100000007',
  ...USE,
  status: 'open',
  amount: 12,
  captured: 0,
  left: 12,
  lines: CHARGE.lines,
  draws: DRAWS,
  quantities: CHARGE.quantities,
  options: CHARGE.options,
  leftOut: {},
  quoteId: null,
  chargeId: null,
  at: AT,
  expiresAt: '2026-11-20T13:00:00.000Z',
  endedAt: null,
}

const RELEASED = { holdId: HOLD.id, chargeId: null, accountId: 'org_42', released: 12, at: AT }

const GRANT = {
  id: 'lot_0000000100000002',
  transactionId: 'txn_01kabcdefg0000000100000003',
  accountId: 'org_42',
  kind: 'promotional',
  amount: 100,
  effectiveAt: AT,
  expiresAt: null,
  reason: 'Launch week',
  metadata: {},
  at: AT,
}

const PURCHASE = {
  purchase: {
    id: 'pur_01kabcdefg0000000100000007',
    status: 'paid',
    credits: 100,
    total: { amount: 1500, currency: 'USD' },
    paid: { amount: 1500, currency: 'USD' },
    returned: { amount: 0, currency: 'USD' },
    gateway: 'stripe',
    orderId: 'cs_123',
    paymentId: 'pi_123',
    userId: 'ada',
    metadata: {},
    failure: null,
  },
}

const INVOICE = {
  id: 'inv_01kabcdefg0000000000000000',
  number: 'INV/2026/000001',
  purchaseId: PURCHASE.purchase.id,
  total: { amount: 1500, currency: 'USD' },
}

const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  'account.created': ofAccount('An account was made.'),
  'account.updated': ofAccount('An account was changed, or its personal data erased.'),
  'credits.changed': ofAccount(
    'The credits of a pool are others than before: at most once a second, and the last state wins.',
  ),
  'credits.low': ofAccount('The balance fell to a threshold or below.', {
    balance: 24,
    threshold: '25%',
    thresholdCredits: 25,
  }),
  'credits.exhausted': ofAccount('Nothing that can be spent is left.', { balance: 0 }),
  'credits.restored': ofAccount('There are credits again.', { balance: 100 }),
  'credits.expiring': ofAccount('Credits will expire soon.', {
    lotId: 'lot_0000000100000002',
    amount: 40,
    expiresAt: LATER,
  }),
  'credits.expired': ofAccount('Credits expired.', { amount: 40 }),
  'charge.created': ofAccount('An action was charged, or the first of a hold captured.', CHARGE),
  'charge.refunded': ofAccount('Credits of a charge were given back.', {
    id: 'txn_01kabcdefg0000000100000009',
    chargeId: CHARGE.id,
    ...USE,
    amount: 6,
    charged: 12,
    refunded: 6,
    draws: [{ lotId: 'lot_0000000100000002', credits: 6 }],
    reason: 'Failed',
    at: AT,
  }),
  'hold.created': ofAccount('Credits were set aside.', HOLD),
  'hold.captured': ofAccount('Credits of a hold were charged; `amount` is what its charge comes to.', {
    id: CHARGE.id,
    transactionId: CHARGE.transactionId,
    ...USE,
    amount: 8,
    captured: 8,
    released: 4,
    beyondHold: 0,
    draws: [{ lotId: 'lot_0000000100000002', credits: 8 }],
    holdId: HOLD.id,
    catalogVersion: 1,
    at: AT,
  }),
  'hold.released': ofAccount('What was left of a hold came back.', RELEASED),
  'hold.expired': ofAccount('A hold ran out of time, and what was left of it came back.', RELEASED),
  'grant.created': ofAccount('Credits came in as a lot: a grant, a purchase, a refill.', GRANT),
  'lot.voided': ofAccount('Credits were taken back.', {
    transactionId: 'txn_01kabcdefg0000000100000009',
    accountId: 'org_42',
    lotId: 'lot_0000000100000002',
    closed: 'voided',
    amount: -40,
    draws: [{ lotId: 'lot_0000000100000002', credits: 40 }],
    reason: 'Given by mistake',
    at: AT,
  }),
  'subscription.started': ofAccount('A plan began, or the trial before it.', { plan: 'basic' }),
  'subscription.refilled': ofAccount("A period's credits came in.", {
    plan: 'basic',
    amount: 100,
    nextRefillAt: LATER,
  }),
  'subscription.changed': ofAccount('The plan or its state is another, or will be.', { plan: 'plus' }),
  'subscription.canceled': ofAccount('It will end, or has ended, because somebody said so.', {
    plan: 'basic',
    when: 'periodEnd',
  }),
  'subscription.expiring': ofAccount(
    'A plan that is not renewed by itself will end: told 60 and 30 days before, unless something else was decided.',
    { plan: 'basic', endsAt: LATER },
  ),
  'subscription.ended': ofAccount('A plan ended.', { plan: 'basic' }),
  'subscription.past_due': ofAccount('A payment for it failed.', { plan: 'basic' }),
  'subscription.recovered': ofAccount('It is paid again.', { plan: 'basic' }),
  'purchase.requested': ofAccount('A customer asks for an offer.', PURCHASE),
  'purchase.created': ofAccount('A purchase waits for its payment.', PURCHASE),
  'purchase.paid': ofAccount('A purchase was paid, and its credits are there.', PURCHASE),
  'purchase.failed': ofAccount('Its payment failed, or was given up.', PURCHASE),
  'purchase.expired': ofAccount('It was not paid in time.', PURCHASE),
  'purchase.refunded': ofAccount('Money of it was returned.', PURCHASE),
  'purchase.disputed': ofAccount('Its payment is disputed.', PURCHASE),
  'purchase.stuck': ofAccount('It needs somebody to look at it.', {
    ...PURCHASE,
    reason: 'Paid in another currency.',
  }),
  'top_up.refused': ofAccount('An automatic top-up was not made.', {
    code: 'payment_declined',
    reason: 'The card was declined.',
    purchaseId: 'pur_01kabcdefg0000000100000007',
    topUp: { credits: 1000, total: { amount: 5000, currency: 'USD' } },
  }),
  'invoice.issued': ofAccount('An invoice has its number.', { invoice: INVOICE }),
  'credit_note.issued': ofAccount('A credit note has its number.', {
    creditNote: { ...INVOICE, id: 'crn_01kabcdefg0000000000000000', number: 'CN/2026/000001' },
  }),
  'export.ready': ofAccount('An export can be read.', {
    exportId: 'exp_01kabcdefg0000000000000000',
    scheduleId: null,
    report: 'usage',
    by: ['user', 'action'],
    from: '2026-11-01T00:00:00.000Z',
    to: LATER,
    rows: 1200,
    bytes: 84000,
    missed: 0,
    readyAt: AT,
    url: 'https://credits.example.com/api/v1/exports/exp_01kabcdefg0000000000000000?format=csv',
  }),
  'budget.exceeded': ofAccount('A budget had no room for what was asked: at most once a day for each.', {
    budget: 'team',
    limit: 100,
    spent: 95,
    left: 5,
    required: 12,
  }),
  'key.created': ofProject('A key was made: of the project, or of one account.', { keyId: 'key_1' }),
  'key.revoked': ofProject('A key was ended.', { keyId: 'key_1' }),
  'catalog.applied': ofProject('The catalog has a new version.', { version: 2 }),
  'webhook_endpoint.disabled': ofProject('Nothing is sent to a webhook any more.', {
    endpointId: 'whe_1',
    url: 'https://example.com/webhooks',
    reason: 'failing',
  }),
}

export const EVENT_TYPE_NAMES: readonly string[] = Object.keys(EVENT_TYPES)

export function eventTypes(): readonly (readonly [string, EventType])[] {
  return Object.entries(EVENT_TYPES)
}

export function versionOf(type: string): number {
  return EVENT_TYPES[type]?.version ?? 1
}

/** Whether a filter names the type: itself, or its family as `credits.*`. No filter names all. */
export function isWanted(filter: readonly string[], type: string): boolean {
  if (filter.length === 0) return true
  return filter.some((name) => name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))))
}
