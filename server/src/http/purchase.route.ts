import { type Static, Type } from 'typebox'
import { accountZone } from '../operations/account-zone.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { hasScope } from '../operations/caller.ts'
import {
  createPurchase,
  type PurchaseRequest,
  type StaffRequest,
} from '../operations/create-purchase.operation.ts'
import { listAccountPayments } from '../operations/list-account-payments.operation.ts'
import { listPurchases, streamPurchases } from '../operations/list-purchases.operation.ts'
import { readPurchase, withPayment } from '../operations/read-purchase.operation.ts'
import { readPurchaseMonitor } from '../operations/read-purchase-monitor.operation.ts'
import { rememberedAfter } from '../operations/remembered.ts'
import { pageOf, readPage } from './cursor.ts'
import { DoorRefusal } from './problems.ts'
import {
  LineIn,
  PaymentRow,
  PurchaseOut,
  readLines,
  sayPaymentRow,
  sayPriced,
  sayPurchase,
} from './purchase.schema.ts'
import { purchaseCsv } from './purchase-csv.ts'
import { answer, route } from './route.ts'
import {
  fields,
  Instant,
  line,
  Metadata,
  Money,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  Reason,
  ScripId,
} from './schema.ts'
import { readMetadata } from './spend.schema.ts'
import { AccountParams } from './subscription.route.ts'
import { wantsCsv } from './wants-csv.ts'
import { endReading, openReading, optionalInstant, type Reading } from './wire.ts'

export const tag = 'Purchases'

const ReturnUrl = Type.String({
  minLength: 8,
  maxLength: 1000,
  pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
  'x-expects': 'an address that begins with https:// (or http://)',
})

/** What was paid, as a bank's statement names it. */
const Paid = fields({ at: optional(Instant), reference: line(200) })

const STAFF_FIELDS = {
  gateway: optional(oneOf(['manual'] as const, 'Staff sell it: needs the scope grant.')),
  price: optional(Money),
  dueAt: optional(nullable(Instant)),
  note: optional(nullable(Reason)),
  paid: optional(Paid),
}

const CreateBody = fields({
  accountId: OwnId,
  lines: Type.Array(LineIn, { minItems: 1, maxItems: 20 }),
  userId: optional(nullable(OwnId)),
  promotionCode: optional(nullable(line(100))),
  returnUrl: optional(nullable(ReturnUrl)),
  saveMethod: optional(
    Type.Boolean({ description: 'The customer agreed that its means of payment is kept.' }),
  ),
  metadata: optional(Metadata),
  ...STAFF_FIELDS,
})
type CreateBody = Static<typeof CreateBody>

/** Whoever sells by hand gives credits without a gateway's word, which is more than to sell. */
function refuseUnlessStaff(ask: Ask): void {
  if (hasScope(ask.caller, 'grant')) return
  throw new DoorRefusal('scope_required', 'To sell by hand needs a key with the scope grant.', {
    scope: 'grant',
  })
}

function readStaff(reading: Reading, body: CreateBody, zone: string): StaffRequest | null {
  const { gateway, price, dueAt, note, paid } = body
  if (gateway !== undefined) {
    const at = optionalInstant(reading, 'paid.at', paid?.at, zone)
    return {
      price: price ?? null,
      dueAt: optionalInstant(reading, 'dueAt', dueAt, zone),
      note: note ?? null,
      paid: paid === undefined ? null : { at, reference: paid.reference },
    }
  }
  for (const name of ['price', 'dueAt', 'note', 'paid'] as const) {
    if (body[name] === undefined) continue
    reading.faults.push({
      path: name,
      code: 'not_allowed',
      expected: 'nothing: the catalog says the price. Staff say gateway: manual beside it',
      found: name,
    })
  }
  return null
}

async function readCreate(ask: Ask, body: CreateBody): Promise<PurchaseRequest> {
  const reading = openReading(decimalsOf(ask.project))
  const zone = await accountZone(ask, body.accountId, [body.dueAt, body.paid?.at])
  if (body.returnUrl != null && !URL.canParse(body.returnUrl)) {
    const found = body.returnUrl
    reading.faults.push({ path: 'returnUrl', code: 'malformed', expected: 'an address', found })
  }
  const request = {
    accountId: body.accountId,
    userId: body.userId ?? null,
    lines: readLines(reading, body.lines),
    promotionCode: body.promotionCode ?? null,
    returnUrl: body.returnUrl ?? null,
    savesMethod: body.saveMethod ?? false,
    metadata: readMetadata(reading.faults, 'metadata', body.metadata),
    staff: readStaff(reading, body, zone),
  }
  endReading(reading)
  return request
}

export const createPurchaseRoute = route({
  id: 'create-purchase',
  method: 'POST',
  path: '/purchases',
  tag,
  summary: 'Order packs, credits, a plan or something agreed, and open the checkout',
  description:
    'Prices and credits come from the catalog and the account’s terms. With dryRun=true the answer is the price, and nothing is ordered. ' +
    'A gateway that does not answer leaves the order failed, to be rechecked; nothing is granted. ' +
    'Staff sell by hand with `gateway: manual`, with a price (before tax), when it is due and, in the same call, that it was paid.',
  body: CreateBody,
  answers: { 201: PurchaseOut },
  run: async (ask, { body }) => {
    if (body.gateway !== undefined) refuseUnlessStaff(ask)
    const request = await readCreate(ask, body)
    const decimals = decimalsOf(ask.project)
    return rememberedAfter(ask, 'answer-create-purchase', body.accountId, async () => {
      const ordered = await createPurchase(ask, request)
      if ('dryRun' in ordered) {
        const { priced, gateway, requested, warnings } = ordered.dryRun
        const { accountId, userId } = request
        const said = sayPriced(priced, { accountId, userId, gateway, requested }, decimals)
        return { status: 201, body: { ...said, warnings } }
      }
      const { row, warnings } = ordered
      const said = sayPurchase(await withPayment(ask, row), decimals)
      // One that failed may still come to more under the same key.
      return { status: 201, body: { ...said, warnings }, keeps: row.status !== 'failed' }
    })
  },
})

const STATUSES = [
  'requested',
  'pending',
  'paid',
  'failed',
  'abandoned',
  'expired',
  'refunded',
  'disputed',
] as const

export const listPurchasesRoute = route({
  id: 'list-purchases',
  method: 'GET',
  path: '/purchases',
  tag,
  summary: 'Purchases, newest first',
  description:
    'With `Accept: text/csv` or `format=csv` all of the filter are streamed as a file. attention=true: those whose payments staff should look at.',
  query: fields({
    accountId: optional(OwnId),
    status: optional(oneOf(STATUSES)),
    attention: optional(Type.Boolean()),
    format: optional(oneOf(['json', 'csv'] as const)),
    ...PageQuery,
  }),
  answers: { 200: page(PurchaseOut) },
  run: async (ask, { query, accept }) => {
    const decimals = decimalsOf(ask.project)
    const filter = {
      accountId: query.accountId ?? null,
      status: query.status ?? null,
      attention: query.attention ?? null,
    }
    if (wantsCsv(accept, query.format)) {
      const rows = streamPurchases(ask, { ...filter, ascending: query.order === 'asc' })
      return answer(200, purchaseCsv(rows, decimals), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="purchases.csv"',
      })
    }
    const { limit, ascending, after } = readPage(ask, 'list-purchases', query)
    const rows = await listPurchases(ask, { ...filter, after: placeOf(after), ascending, limit: limit + 1 })
    const { data, nextCursor } = pageOf(ask, 'list-purchases', rows, limit, ({ row }) => [
      row.createdAt,
      row.number,
    ])
    return answer(200, { data: data.map((one) => sayPurchase(one, decimals)), nextCursor })
  },
})

function placeOf(after: readonly (string | number)[] | null) {
  return after === null ? null : { createdAt: after[0] as number, number: after[1] as number }
}

export const PurchaseParams = fields({ purchaseId: ScripId })

export const readPurchaseRoute = route({
  id: 'read-purchase',
  method: 'GET',
  path: '/purchases/{purchaseId}',
  tag,
  summary: 'A purchase, its payments, and what can be done with it now',
  params: PurchaseParams,
  answers: { 200: PurchaseOut },
  run: async (ask, { params }) =>
    answer(200, sayPurchase(await readPurchase(ask, params.purchaseId), decimalsOf(ask.project))),
})

export const listAccountPaymentsRoute = route({
  id: 'list-account-payments',
  method: 'GET',
  path: '/accounts/{accountId}/payments',
  tag,
  summary: 'An account’s payments as its customer sees them, whatever became of them',
  params: AccountParams,
  query: fields(PageQuery),
  answers: { 200: page(PaymentRow) },
  run: async (ask, { params: { accountId }, query }) => {
    const list = `list-account-payments:${accountId}`
    const { limit, ascending, after } = readPage(ask, list, query)
    const rows = await listAccountPayments(ask, accountId, {
      after: placeOf(after),
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, ({ row }) => [row.createdAt, row.number])
    return answer(200, { data: data.map((one) => sayPaymentRow(one, decimalsOf(ask.project))), nextCursor })
  },
})

const Mismatch = fields({
  purchaseId: Type.String(),
  accountId: Type.String(),
  status: Type.String(),
  total: fields({ amount: Type.Integer(), currency: Type.String() }),
})

export const readPurchaseMonitorRoute = route({
  id: 'read-purchase-monitor',
  method: 'GET',
  path: '/purchases/monitor',
  tag,
  summary: 'Money without its credits, credits without their money: both lists must be empty',
  answers: {
    200: fields({ paidNotGranted: Type.Array(Mismatch), grantedNotPaid: Type.Array(Mismatch) }),
  },
  run: async (ask) => {
    const monitor = await readPurchaseMonitor(ask)
    const say = (rows: typeof monitor.paidNotGranted) =>
      rows.map(({ id, accountId, status, total, currency }) => ({
        purchaseId: id,
        ...{ accountId, status },
        total: { amount: total, currency },
      }))
    return answer(200, {
      paidNotGranted: say(monitor.paidNotGranted),
      grantedNotPaid: say(monitor.grantedNotPaid),
    })
  },
})
