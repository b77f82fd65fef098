import { describe, expect, test } from 'vitest'
import { openDice } from './dice.ts'

describe('chance', () => {
  test('the same seed gives the same throws, another seed others', () => {
    const throws = (seed: string): number[] => {
      const dice = openDice(seed)
      return Array.from({ length: 20 }, () => dice.whole(1, 1000))
    }
    expect(throws('a')).toEqual(throws('a'))
    expect(throws('a')).not.toEqual(throws('b'))
  })

  test('whole numbers reach both ends, and counts have their average', () => {
    const dice = openDice('ends')
    const wholes = new Set(Array.from({ length: 200 }, () => dice.whole(1, 3)))
    expect([...wholes].sort()).toEqual([1, 2, 3])
    const counts = Array.from({ length: 5000 }, () => dice.count(2.5))
    const average = counts.reduce((sum, one) => sum + one) / counts.length
    expect(average).toBeGreaterThan(2.35)
    expect(average).toBeLessThan(2.65)
  })
})
