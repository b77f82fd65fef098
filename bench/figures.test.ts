import { describe, expect, it } from 'vitest'
import { loadOf } from './clients.ts'
import { figureOf } from './figures.ts'
import { interleave, median } from './rounds.ts'

const measured = { unit: 'charges/s', of: 'row locks' }

describe('a figure', () => {
  it('is the middle of its rounds, and its ratio the middle of the ratios of each round', () => {
    const figure = figureOf({ ...measured, id: 'any', values: [10, 40, 30], yardsticks: [1, 2, 5] })
    expect(figure).toMatchObject({ value: 30, ratio: 10, yardstick: 2, lowest: 10, highest: 40 })
  })

  it('that misses its target is said to miss it', () => {
    const missed = figureOf({ ...measured, id: 'engine.spread', values: [24.9], yardsticks: [1] })
    expect(missed).toMatchObject({ target: '≥ 25 ×', isReached: false })
    const reached = figureOf({ ...measured, id: 'engine.spread', values: [25], yardsticks: [1] })
    expect(reached.isReached).toBe(true)
  })

  it('that must stay low misses its target when it is above, by value or by ratio as the target says', () => {
    const slow = figureOf({ id: 'read.months', unit: 'ms', values: [20.1], of: 'any', yardsticks: [20] })
    expect(slow).toMatchObject({ target: '≤ 20 ms', isReached: false })
    const costly = figureOf({ id: 'size.lots', unit: 'µs', values: [201], of: 'any', yardsticks: [100] })
    expect(costly).toMatchObject({ target: '≤ 2 ×', isReached: false })
  })

  it('without a target is for information', () => {
    expect(figureOf({ ...measured, id: 'any', values: [1], yardsticks: [1] })).not.toHaveProperty('isReached')
  })
})

describe('rounds', () => {
  it('take turns, every second one backwards, and the first does not count', async () => {
    const order: string[] = []
    const measure = (name: string) => async () => order.push(name)
    const values = await interleave(2, { a: measure('a'), b: measure('b') })
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b'])
    expect(values).toEqual({ a: [4, 5], b: [3, 6] })
  })

  it('have a middle also when they are even in number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })
})

describe('a load', () => {
  it('has its rate from the time it took, and its percentiles from the sorted answers', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(loadOf(latencies, 2000)).toEqual({ requests: 100, perSecond: 50, p50Ms: 50, p99Ms: 99 })
  })
})
