import { expect, test } from 'vitest'
import { givenPool, instant } from './pool-under-test.ts'

test('part of a lot is voided, and the lot lives on', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  expect(pool.does({ type: 'void', lot, credits: 4 }).amount).toBe(-4)
  expect(pool.lots()).toEqual(['free 6'])
  expect(pool.lot(lot)).toMatchObject({ removed: 4, closed: null })
})

test('never more than is unheld is voided', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  pool.hold(7)
  expect(pool.says({ type: 'void', lot, credits: 4 })).toBe('void_exceeds_lot')
  expect(pool.does({ type: 'void', lot, credits: 3 }).amount).toBe(-3)
})

test('a lot voided whole is closed, and cannot be voided again', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  pool.does({ type: 'void', lot })
  expect(pool.lot(lot).closed).toBe('voided')
  expect(pool.says({ type: 'void', lot })).toBe('lot_closed')
  expect(pool.says({ type: 'void', lot: 999 })).toBe('lot_not_found')
})

test('a spent lot can still be closed, so that nothing comes back to it', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  const charge = pool.charge(10)
  pool.does({ type: 'void', lot })
  pool.refund(charge)
  expect(pool.state().totals.available).toBe(0)
})

test('a scheduled lot that is voided never comes, and no row is about it', () => {
  const pool = givenPool()
  pool.decide({ type: 'grant', kind: 'free', credits: 10, effectiveAt: instant('2026-02-01') })
  const lot = pool.state().scheduled[0]!.number
  pool.does({ type: 'void', lot })
  pool.at('2026-03-01')
  expect(pool.rows()).toEqual([])
})

test('of a scheduled lot voided in part the rest comes on its day', () => {
  const pool = givenPool()
  pool.decide({ type: 'grant', kind: 'free', credits: 10, effectiveAt: instant('2026-02-01') })
  pool.does({ type: 'void', lot: pool.state().scheduled[0]!.number, credits: 4 })
  expect(pool.at('2026-02-01').lots()).toEqual(['free 6'])
  expect(pool.rows()).toEqual(['2026-02-01 grant +6'])
  expect(pool.state().totals).toMatchObject({ available: 6, received: 6 })
})

test('to adjust down takes credits in spend order, never what is held', () => {
  const pool = givenPool()
  pool.grant(10)
  pool.buy(10)
  pool.hold(4)
  expect(pool.says({ type: 'adjust', credits: 17 })).toBe('void_exceeds_lot')
  expect(pool.does({ type: 'adjust', credits: 8 })).toMatchObject({ type: 'void', amount: -8 })
  expect(pool.lots()).toEqual(['free 0 (held 4)', 'purchased 8'])
})

test('what is voided was received and removed, not used', () => {
  const pool = givenPool()
  const lot = pool.grant(10).draws[0]!.lot
  pool.does({ type: 'void', lot, credits: 4 })
  expect(pool.state().totals).toMatchObject({ available: 6, received: 10, used: 0, expired: 0 })
})
