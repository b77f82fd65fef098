import { describe, expect, test } from 'vitest'
import { paymentOf } from './payment.ts'
import type { PaymentFact } from './purchase.ts'

const TOTAL = { amount: 1_000, currency: 'USD' }
const usd = (amount: number) => ({ amount, currency: 'USD' })

const pending = (at = 1, paymentId: string | null = 'P'): PaymentFact => ({ kind: 'pending', at, paymentId })
const paid = (at = 10, paymentId = 'P', money = TOTAL): PaymentFact => ({
  kind: 'paid',
  at,
  paymentId,
  money,
})
const ended = (
  kind: 'failed' | 'abandoned' | 'expired',
  at = 5,
  paymentId: string | null = 'P',
): PaymentFact => ({ kind, at, paymentId, reason: `was ${kind}` })
const refunded = (amount: number, at = 20, paymentId = 'P'): PaymentFact => ({
  kind: 'refunded',
  at,
  paymentId,
  returned: usd(amount),
})
const dispute = (
  kind: 'disputed' | 'dispute_won' | 'dispute_lost',
  at = 30,
  amount = 1_000,
  disputeId = 'D',
): PaymentFact => ({ kind, at, paymentId: 'P', disputeId, money: usd(amount) })

function now(...facts: readonly PaymentFact[]) {
  return paymentOf(TOTAL, facts, false)
}

describe('a purchase that is not paid', () => {
  test('is requested until staff have set its price, then pending', () => {
    expect(paymentOf(TOTAL, [], true).status).toBe('requested')
    expect(now().status).toBe('pending')
  })

  test('has failed, was abandoned or ran out, and says why', () => {
    for (const kind of ['failed', 'abandoned', 'expired'] as const) {
      expect(now(pending(), ended(kind))).toMatchObject({ status: kind, reason: `was ${kind}`, paid: 0 })
    }
  })

  test('is what was reported last of it, where it ended more than once', () => {
    expect(now(ended('failed', 5, 'P'), ended('expired', 9, null)).status).toBe('expired')
    expect(now(ended('expired', 5, null), ended('failed', 9, 'P')).status).toBe('failed')
  })

  test('stays pending while another try is under way', () => {
    expect(now(ended('failed', 5, 'P'), pending(6, 'Q')).status).toBe('pending')
    expect(now(pending(6, 'P'), ended('failed', 5, 'P')).status).toBe('failed')
  })

  test('is paid at once where there is nothing to pay, and not before its price is set', () => {
    expect(paymentOf(usd(0), [], false)).toMatchObject({ status: 'paid', paid: 0, returned: 0 })
    expect(paymentOf(usd(0), [], true).status).toBe('requested')
  })
})

describe('a late "paid" beats', () => {
  test.each(['failed', 'abandoned', 'expired'] as const)('%s, of whichever payment', (kind) => {
    expect(now(ended(kind, 5), paid(10))).toMatchObject({ status: 'paid', paid: 1_000, paidAt: 10 })
    expect(now(paid(10), ended(kind, 50, null)).status).toBe('paid')
  })
})

describe('only a refund or a dispute undoes paid', () => {
  test('a refund in parts leaves it paid until all is returned', () => {
    expect(now(paid(), refunded(400))).toMatchObject({ status: 'paid', returned: 400 })
    expect(now(paid(), refunded(1_000))).toMatchObject({ status: 'refunded', returned: 1_000 })
  })

  test("a gateway's refund total is cumulative and counts by its highest value", () => {
    expect(now(paid(), refunded(400), refunded(700), refunded(400, 99)).returned).toBe(700)
  })

  test('no more is returned than was paid', () => {
    expect(now(paid(), refunded(5_000))).toMatchObject({ status: 'refunded', returned: 1_000 })
    expect(now(paid(), refunded(600), dispute('dispute_lost', 30, 900)).returned).toBe(1_000)
  })

  test('a dispute withholds the money while it is open, gives it again when won and takes it when lost', () => {
    expect(now(paid(), dispute('disputed'))).toMatchObject({ status: 'disputed', returned: 1_000 })
    expect(now(paid(), dispute('disputed'), dispute('dispute_won', 40))).toMatchObject({
      status: 'paid',
      returned: 0,
    })
    expect(now(paid(), dispute('disputed'), dispute('dispute_lost', 40))).toMatchObject({
      status: 'refunded',
      returned: 1_000,
    })
  })

  test('a dispute about a part that is lost leaves the rest paid', () => {
    expect(now(paid(), dispute('dispute_lost', 40, 300))).toMatchObject({ status: 'paid', returned: 300 })
  })

  test('a dispute kept in another currency is about the whole payment', () => {
    const fact = { ...dispute('disputed'), money: { amount: 3, currency: 'EUR' } } as PaymentFact
    expect(now(paid(), fact).returned).toBe(1_000)
  })

  test('a refund that is heard of before its payment waits for it', () => {
    expect(now(refunded(1_000)).status).toBe('pending')
    expect(now(refunded(1_000), paid()).status).toBe('refunded')
  })
})

describe('what is kept and shown, and pays for nothing:', () => {
  test('a payment of another currency', () => {
    const wrong = now(paid(10, 'P', { amount: 1_000, currency: 'INR' }))
    expect(wrong).toMatchObject({ status: 'pending', paid: 0 })
    expect(wrong.wrong.map(({ paymentId }) => paymentId)).toEqual(['P'])
  })

  test('a payment of more than the total', () => {
    expect(now(paid(10, 'P', usd(1_001)))).toMatchObject({ status: 'pending', wrong: [{ paymentId: 'P' }] })
  })

  test('a payment of less, until the parts together reach the total', () => {
    const part = now(paid(10, 'P', usd(600)))
    expect(part).toMatchObject({ status: 'pending', paid: 0, parts: [{ money: usd(600) }] })
    const both = now(paid(10, 'P', usd(600)), paid(20, 'Q', usd(400)))
    expect(both).toMatchObject({ status: 'paid', paid: 1_000, paidAt: 20, parts: [], second: [] })
  })

  test('a second payment of a paid purchase', () => {
    expect(now(paid(10, 'P'), paid(20, 'Q'))).toMatchObject({
      status: 'paid',
      paid: 1_000,
      counted: [{ paymentId: 'P' }],
      second: [{ paymentId: 'Q' }],
    })
  })

  test('who paid twice and got either payment back has paid', () => {
    for (const paymentId of ['P', 'Q']) {
      const twice = now(paid(10, 'P'), paid(20, 'Q'), refunded(1_000, 30, paymentId))
      expect(twice).toMatchObject({ status: 'paid', returned: 0 })
    }
  })

  test('another amount said of a payment that was said to be of the right one', () => {
    const said = now(paid(10, 'P', usd(1)), paid(12, 'P'), paid(14, 'P', usd(9_999)))
    expect(said).toMatchObject({ status: 'paid', paid: 1_000, second: [], wrong: [] })
  })
})

test('all orders of six events end alike, however often each is reported', () => {
  const sets: readonly (readonly PaymentFact[])[] = [
    [pending(), ended('failed'), paid(), refunded(300), refunded(700), dispute('disputed')],
    [
      pending(),
      ended('abandoned', 3, null),
      paid(),
      dispute('disputed'),
      dispute('dispute_won', 40),
      paid(50, 'Q'),
    ],
    [
      ended('expired', 9, null),
      paid(4),
      refunded(200),
      dispute('disputed'),
      dispute('dispute_lost', 41, 500),
      refunded(500),
    ],
    [
      paid(1, 'P', usd(400)),
      paid(2, 'Q', usd(700)),
      paid(3, 'R', usd(600)),
      refunded(100),
      pending(9, 'S'),
      ended('failed', 10, 'S'),
    ],
    [
      ended('failed', 5, 'P'),
      ended('abandoned', 5, null),
      ended('expired', 5, 'Q'),
      pending(1, 'P'),
      pending(1, null),
      pending(2, 'Q'),
    ],
    [
      paid(7, 'P', usd(999)),
      paid(7, 'P', usd(998)),
      paid(7, 'Q'),
      paid(7, 'R'),
      refunded(1_000, 8, 'Q'),
      dispute('dispute_won', 8),
    ],
  ]
  for (const facts of sets) {
    const expected = now(...facts)
    for (const order of permutations(facts)) {
      expect(now(...order)).toEqual(expected)
      expect(now(...order, ...order.slice(2).reverse(), order[0]!)).toEqual(expected)
    }
  }
})

test('a fact reported again later is the same fact: when it was paid does not move', () => {
  expect(now(paid(10), paid(99))).toEqual(now(paid(10)))
  expect(now(paid(99), paid(10))).toEqual(now(paid(10)))
})

test('more facts never count as fewer, so that what was made of fewer is known to be older', () => {
  const facts = [pending(), ended('failed'), paid(), refunded(300), refunded(300, 99), dispute('disputed')]
  const counts = facts.map((_, index) => now(...facts.slice(0, index + 1)).facts)
  expect(counts).toEqual([1, 2, 3, 4, 4, 5])
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}
