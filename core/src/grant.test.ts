import { expect, test } from 'vitest'
import { CREDITS_MAX } from './amounts.ts'
import { givenPool, instant } from './pool-under-test.ts'

test.each(['free', 'promotional', 'admin_grant'] as const)('staff and POST /grants make %s', (kind) => {
  const pool = givenPool()
  pool.grant(10, { kind })
  expect(pool.lives()).toEqual([`${kind} 10 for ever`])
})

test.each(['subscription', 'trial', 'lifetime', 'purchased'] as const)(
  '%s comes from plans and purchases alone',
  (kind) => {
    expect(givenPool().says({ type: 'grant', kind, credits: 10 })).toBe('kind_not_grantable')
  },
)

test('a paid purchase makes a purchased lot that says what was paid', () => {
  const pool = givenPool()
  const row = pool.buy(10, { paid: { amount: 900, currency: 'USD' } })
  expect(row.type).toBe('purchase')
  expect(pool.state().lots[0]).toMatchObject({
    kind: 'purchased',
    paid: { amount: 900, currency: 'USD' },
    origin: { type: 'purchase', line: 1 },
  })
})

test('a lot starts now or later, and expires after it starts', () => {
  const pool = givenPool({ at: '2026-02-01' })
  const grant = { type: 'grant', kind: 'free', credits: 10 } as const
  expect(pool.says({ ...grant, effectiveAt: instant('2026-01-31T23:59Z') })).toBe('instant_in_the_past')
  expect(pool.says({ ...grant, expiresAt: instant('2026-02-01') })).toBe('life_is_empty')
  const day = instant('2026-02-02')
  expect(pool.says({ ...grant, effectiveAt: day, expiresAt: day })).toBe('life_is_empty')
})

test('a lot that starts now is effective now', () => {
  const pool = givenPool()
  pool.grant(10, { effectiveAt: pool.now() })
  expect(pool.state().totals.available).toBe(10)
})

test('no balance and no total leaves the range in which every number is exact', () => {
  const pool = givenPool()
  pool.grant(CREDITS_MAX)
  expect(pool.says({ type: 'grant', kind: 'free', credits: 1 })).toBe('amount_too_large')
  pool.charge(10)
  expect(pool.says({ type: 'grant', kind: 'free', credits: 1 })).toBe('amount_too_large')
})

test('a scheduled lot is acknowledged with a row that moves nothing and names the lot', () => {
  const row = givenPool().grant(10, { effectiveAt: instant('2026-02-01') })
  expect(row).toMatchObject({
    type: 'scheduled',
    amount: 0,
    detail: { answer: { lot: { amount: 10, remaining: 10 } } },
  })
})

test('a purchase that starts later comes as a purchase on its day', () => {
  const pool = givenPool()
  pool.buy(10, { effectiveAt: instant('2026-02-01') })
  pool.at('2026-02-02')
  expect(pool.rows()).toEqual(['2026-02-01 purchase +10'])
})
