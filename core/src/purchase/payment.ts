/**
 * What a purchase is, from what was reported of its payment (rules.md, "Purchases"). A function of the
 * set of facts: in whatever order they come, and however often, they end alike. A late "paid" beats
 * failed, abandoned and expired; only a refund or a dispute undoes paid; a payment of another amount or
 * currency is kept and shown, and pays for nothing.
 */
import type { Instant, Money } from '../amounts.ts'
import type { PaymentFact, PurchaseStatus } from './purchase.ts'

/** One payment as all facts together tell it. */
export interface ReportedPayment {
  readonly paymentId: string
  /** When it was first said to be paid. */
  readonly at: Instant
  readonly money: Money
  /** Given back, or withheld by a dispute that is open or lost, in minor units; at most the money. */
  readonly returned: number
  /** Whether a dispute is open. */
  readonly isDisputed: boolean
}

/** Amounts are minor units of the order's currency. */
export interface PurchasePayment {
  readonly status: PurchaseStatus
  /** What the payments that count come to; 0 until the purchase is paid. */
  readonly paid: number
  /** What was returned of it, by refunds and by disputes that are open or lost; never more than `paid`. */
  readonly returned: number
  /** When it was paid in full; null before, and where there was nothing to pay. */
  readonly paidAt: Instant | null
  /** Why it failed, was abandoned or ran out, in the gateway's words. */
  readonly reason: string | null
  /** The payments that pay for it: one, or the parts that together reach the total. */
  readonly counted: readonly ReportedPayment[]
  /** Parts that do not reach the total yet. */
  readonly parts: readonly ReportedPayment[]
  /** Paid although it was paid already: they make no lot and are shown to staff. */
  readonly second: readonly ReportedPayment[]
  /** Of another currency, or more than the total at once: kept and shown, never counted. */
  readonly wrong: readonly ReportedPayment[]
  /** How many different facts it was made from. Facts only grow, so what is made from fewer is older. */
  readonly facts: number
}

/** `isRequested`: staff have still to set its price and date. */
export function paymentOf(
  total: Money,
  facts: readonly PaymentFact[],
  isRequested: boolean,
): PurchasePayment {
  const known = eachOnce(facts)
  const sorted = sortPayments(total, paymentsOf(total, known))
  const { counted } = sorted
  const sum = (of: 'money' | 'returned') =>
    counted.reduce((all, payment) => all + (of === 'money' ? payment.money.amount : payment.returned), 0)
  const [paid, returned] = [sum('money'), sum('returned')]
  const isPaid = counted.length > 0 || (total.amount === 0 && !isRequested)
  const unpaid = isPaid ? null : unpaidStatus(known, isRequested)
  return {
    status: unpaid?.status ?? paidStatus(counted, paid, returned),
    paid,
    returned,
    paidAt: counted.length === 0 ? null : Math.max(...counted.map(({ at }) => at)),
    reason: unpaid?.reason ?? null,
    ...sorted,
    facts: known.length,
  }
}

/** A fact of one payment reported twice is one fact, of the earliest instant. */
function eachOnce(facts: readonly PaymentFact[]): PaymentFact[] {
  const known = new Map<string, PaymentFact>()
  for (const fact of facts) {
    const name = nameOf(fact)
    const before = known.get(name)
    if (before === undefined || isBefore(fact, before)) known.set(name, fact)
  }
  return [...known.values()]
}

/** Two reports of one fact differ in when they were made, and perhaps in the words of the reason. */
function isBefore(left: PaymentFact, right: PaymentFact): boolean {
  if (left.at !== right.at) return left.at < right.at
  return 'reason' in left && 'reason' in right && (left.reason ?? '') < (right.reason ?? '')
}

function nameOf(fact: PaymentFact): string {
  const about = [fact.kind, fact.paymentId]
  switch (fact.kind) {
    case 'paid':
      return JSON.stringify([...about, fact.money.amount, fact.money.currency])
    case 'refunded':
      return JSON.stringify([...about, fact.returned.amount, fact.returned.currency])
    case 'disputed':
    case 'dispute_won':
    case 'dispute_lost':
      return JSON.stringify([...about, fact.disputeId])
    default:
      return JSON.stringify(about)
  }
}

type Paid = PaymentFact & { kind: 'paid' }
type Dispute = PaymentFact & { kind: 'disputed' | 'dispute_won' | 'dispute_lost' }

/** Every payment that was said to be paid. Said with several amounts, the one that was asked for counts, else the highest. */
function paymentsOf(total: Money, facts: readonly PaymentFact[]): ReportedPayment[] {
  const byId = new Map<string, Paid[]>()
  for (const fact of facts) {
    if (fact.kind === 'paid') byId.set(fact.paymentId, [...(byId.get(fact.paymentId) ?? []), fact])
  }
  return [...byId].map(([paymentId, said]) => {
    const best = said.reduce((left, right) => (compareSaid(total, left, right) <= 0 ? left : right))
    const of = facts.filter((fact) => fact.paymentId === paymentId)
    const { returned, isDisputed } = returnedOf(best.money, of)
    return { paymentId, at: best.at, money: best.money, returned, isDisputed }
  })
}

function compareSaid(total: Money, left: Paid, right: Paid): number {
  const rank = ({ money }: Paid) => (money.currency !== total.currency ? 2 : Number(!isSame(money, total)))
  return (
    rank(left) - rank(right) ||
    right.money.amount - left.money.amount ||
    (left.money.currency < right.money.currency ? -1 : 1)
  )
}

function isSame(left: Money, right: Money): boolean {
  return left.amount === right.amount && left.currency === right.currency
}

/** A gateway's refund total is cumulative and counts by its highest value; disputes are added to it. */
function returnedOf(
  money: Money,
  facts: readonly PaymentFact[],
): Pick<ReportedPayment, 'returned' | 'isDisputed'> {
  let refunded = 0
  const disputes = new Map<string, Dispute[]>()
  for (const fact of facts) {
    if (fact.kind === 'refunded' && fact.returned.currency === money.currency) {
      refunded = Math.max(refunded, fact.returned.amount)
    } else if ('disputeId' in fact) {
      disputes.set(fact.disputeId, [...(disputes.get(fact.disputeId) ?? []), fact])
    }
  }
  let returned = refunded
  let isDisputed = false
  for (const said of disputes.values()) {
    const state = disputeState(said)
    if (state === 'dispute_won') continue
    isDisputed ||= state === 'disputed'
    // A dispute kept in another currency is about the whole payment: how much of it, nobody said.
    returned += Math.max(
      ...said.map((fact) => (fact.money.currency === money.currency ? fact.money.amount : money.amount)),
    )
  }
  return { returned: Math.min(returned, money.amount), isDisputed }
}

/** Opened, then won or lost. Said to be both, the later word counts; of one instant, lost. */
function disputeState(said: readonly Dispute[]): Dispute['kind'] {
  const rank = { disputed: 0, dispute_won: 1, dispute_lost: 2 }
  const ends = said.filter(({ kind }) => kind !== 'disputed')
  const last = ends.reduce<Dispute | undefined>((latest, fact) => {
    if (latest === undefined || fact.at > latest.at) return fact
    return fact.at === latest.at && rank[fact.kind] > rank[latest.kind] ? fact : latest
  }, undefined)
  return last?.kind ?? 'disputed'
}

type Sorted = Pick<PurchasePayment, 'counted' | 'parts' | 'second' | 'wrong'>

/**
 * Which payments pay for it: one of exactly the total, else parts that together reach it. What was
 * returned counts last, so that who paid twice and got one back has paid.
 */
function sortPayments(total: Money, payments: readonly ReportedPayment[]): Sorted {
  const ordered = [...payments].sort(
    (left, right) =>
      left.returned - right.returned || left.at - right.at || (left.paymentId < right.paymentId ? -1 : 1),
  )
  const isWrong = ({ money }: ReportedPayment) =>
    money.currency !== total.currency || money.amount > total.amount || money.amount <= 0
  const wrong = ordered.filter(isWrong)
  const right = ordered.filter((payment) => !isWrong(payment))
  const whole = right.find(({ money }) => money.amount === total.amount)
  const counted = whole === undefined ? partsThatReach(total.amount, right) : [whole]
  const others = right.filter((payment) => !counted.includes(payment))
  const isPaid = counted.length > 0
  return { counted, parts: isPaid ? [] : others, second: isPaid ? others : [], wrong }
}

function partsThatReach(total: number, parts: readonly ReportedPayment[]): readonly ReportedPayment[] {
  let sum = 0
  for (let count = 0; count < parts.length; count++) {
    sum += parts[count]!.money.amount
    if (sum >= total) return parts.slice(0, count + 1)
  }
  return []
}

function paidStatus(counted: readonly ReportedPayment[], paid: number, returned: number): PurchaseStatus {
  if (counted.some(({ isDisputed }) => isDisputed)) return 'disputed'
  return counted.length > 0 && returned >= paid ? 'refunded' : 'paid'
}

type Unpaid = { readonly status: PurchaseStatus; readonly reason: string | null }
type Ending = PaymentFact & { kind: 'failed' | 'abandoned' | 'expired' }

/** A payment still under way keeps it pending; else the last ending counts. */
function unpaidStatus(facts: readonly PaymentFact[], isRequested: boolean): Unpaid {
  const endings = facts.filter((fact): fact is Ending => 'reason' in fact)
  const isUnderWay = facts.some(
    (fact) =>
      fact.kind === 'pending' &&
      fact.paymentId !== null &&
      !endings.some(({ paymentId }) => paymentId === fact.paymentId),
  )
  if (isUnderWay) return { status: 'pending', reason: null }
  const rank = { failed: 0, abandoned: 1, expired: 2 }
  const last = endings.reduce<Ending | null>((latest, fact) => {
    if (latest === null || fact.at > latest.at) return fact
    if (fact.at < latest.at) return latest
    const order =
      rank[fact.kind] - rank[latest.kind] || ((fact.paymentId ?? '') > (latest.paymentId ?? '') ? 1 : -1)
    return order > 0 ? fact : latest
  }, null)
  if (last !== null) return { status: last.kind, reason: last.reason }
  return { status: isRequested ? 'requested' : 'pending', reason: null }
}
