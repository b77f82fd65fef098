/** A row of the signed list, as JSON and as a line of CSV. */
import { type Entry, formatCredits, lotId, placeId } from '@scrip/core'
import { Type } from 'typebox'
import type { PaymentNames } from '../database/purchases.sql.ts'
import { sayDraws, sayInstant } from '../ledger/replay.ts'
import { sayLines } from './quote.route.ts'
import { Draw, fields, InstantOut, Line, nullable, SubjectOut } from './schema.ts'

export const Transaction = fields({
  id: Type.String(),
  type: Type.String({ description: 'charge, capture, refund, grant, refill, expired … An open list.' }),
  label: Type.String({ description: 'The type in words, as a customer reads it.' }),
  accountId: Type.String(),
  credits: Type.Number({ description: 'Signed: + adds to the balance, − removes.' }),
  balanceAfter: Type.Number(),
  availableAfter: Type.Number(),
  action: nullable(Type.String()),
  userId: nullable(Type.String()),
  subject: nullable(SubjectOut),
  chargeId: nullable(Type.String()),
  holdId: nullable(Type.String()),
  lotId: nullable(Type.String({ description: 'The lot that came in, of a row that adds one.' })),
  kind: nullable(Type.String()),
  payment: nullable(
    fields(
      {
        purchaseId: Type.String(),
        gateway: Type.String(),
        orderId: nullable(Type.String()),
        paymentId: nullable(Type.String()),
      },
      { description: 'Of what was bought, or taken back of it: how its gateway calls it.' },
    ),
  ),
  lines: Type.Array(Line),
  draws: Type.Array(Draw),
  quantities: Type.Record(Type.String(), Type.Number()),
  options: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: {} }),
  metadata: Type.Record(Type.String(), Type.String()),
  reason: nullable(Type.String()),
  actor: nullable(fields({ id: Type.String(), name: nullable(Type.String()) })),
  catalogVersion: nullable(Type.Integer()),
  at: InstantOut,
  recordedAt: nullable(InstantOut),
})

export interface Told {
  readonly entry: Entry
  readonly pool: number
  /** null of a row that was made in this very request. */
  readonly recordedAt: number | null
}

const LABELS: Readonly<Record<string, string>> = {
  charge: 'Usage',
  capture: 'Usage',
  refund: 'Refund',
  purchase: 'Purchase',
  refill: 'Plan refill',
  plan_change: 'Plan refill',
  starter: 'Lifetime credits',
  trial: 'Free Credits',
  sign_up: 'Free Credits',
  grace: 'Kept after expiry',
  expired: 'Expired',
  rollover_excess: 'Over the rollover limit',
  void: 'Removed',
  reversal: 'Payment reversed',
}

const KIND_LABELS: Readonly<Record<string, string>> = {
  admin_grant: 'Admin Grant',
  lifetime: 'Lifetime credits',
  free: 'Free Credits',
  promotional: 'Free Credits',
}

function labelOf({ type, detail, amount }: Entry): string {
  // Of a dispute that was won.
  if (type === 'reversal' && amount > 0) return 'Payment restored'
  if (type === 'grant' || type === 'starter') return KIND_LABELS[detail?.kind ?? ''] ?? 'Free Credits'
  return LABELS[type] ?? type
}

export function sayTransaction(
  { entry, pool, recordedAt }: Told,
  decimals: number,
  payments: ReadonlyMap<string, PaymentNames>,
) {
  const { detail, totals } = entry
  const [draw] = entry.draws
  const isAddition = entry.amount > 0 && entry.type !== 'refund'
  const charge = entry.charge ?? (entry.type === 'charge' || entry.type === 'capture' ? entry : null)
  return {
    id: placeId('txn', pool, entry),
    type: entry.type,
    label: labelOf(entry),
    accountId: entry.accountId,
    credits: formatCredits(entry.amount, decimals),
    balanceAfter: formatCredits(totals.available + totals.held, decimals),
    availableAfter: formatCredits(totals.available, decimals),
    action: entry.action,
    userId: entry.userId,
    subject: entry.subject,
    chargeId: charge === null ? null : placeId('chg', pool, charge),
    holdId: entry.hold === null ? null : placeId('hold', pool, entry.hold),
    lotId: isAddition && draw !== undefined ? lotId(pool, draw.lot) : null,
    kind: detail?.kind ?? null,
    payment: sayPayment(payments.get(detail?.purchase ?? '')),
    lines: sayLines(detail?.lines ?? [], decimals),
    draws: sayDraws(entry.draws, { pool, decimals }),
    quantities: detail?.quantities ?? {},
    options: detail?.options ?? {},
    metadata: detail?.metadata ?? {},
    reason: detail?.reason ?? null,
    actor: detail?.actor ?? null,
    catalogVersion: entry.catalogVersion,
    at: sayInstant(entry.at),
    recordedAt: recordedAt === null ? null : sayInstant(recordedAt),
  }
}

function sayPayment(names: PaymentNames | undefined) {
  if (names === undefined) return null
  const { id, gateway, orderId, paymentId } = names
  return { purchaseId: id, gateway, orderId, paymentId }
}
