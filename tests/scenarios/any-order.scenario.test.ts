/** No order of sensible requests breaks a product: whatever the state, the answer is a yes or a refusal. */
import { expect, test } from 'vitest'
import { randomFrom } from '../simulation/random.ts'
import { askInAnyOrder } from './any-order.ts'
import { describeProduct } from './product.ts'

const ASKED = 250
const seed = Number(process.env.SEED ?? 1)

for (const name of ['pinsearch', 'picsart', 'powerpost', 'pinpoint', '9pic']) {
  describeProduct(name, '2026-01-31T00:00:00Z', (product) => {
    test(`Requests in any order are answered or refused, never failed, and what is always true stays so: SEED=${seed}`, async () => {
      expect(await askInAnyOrder(product, randomFrom(seed), ASKED)).toEqual([])
      expect(await product.violations()).toEqual([])
    }, 120_000)
  })
}
