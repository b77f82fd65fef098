/**
 * Tiers: the credits per unit depend on how many there are. `graduated`: each unit costs what its
 * own band says. `volume`: all units cost what the band of the whole quantity says, so a larger
 * quantity may cost less than a smaller one.
 */
import { assert, CREDITS_MAX, type Credits, multiply } from '../../amounts.ts'
import type { PricePart } from '../price.ts'

type Tiers = NonNullable<PricePart['tiers']>

/** The credits of `quantity` units, or null where they leave the range of an amount. */
export function tieredCredits(tiers: Tiers, quantity: number): Credits | null {
  return tiers.mode === 'volume' ? byVolume(tiers, quantity) : graduated(tiers, quantity)
}

function byVolume(tiers: Tiers, quantity: number): Credits | null {
  for (const band of tiers.bands) {
    if (band.upTo === null || quantity <= band.upTo) return multiply(quantity, band.credits)
  }
  return outOfBands()
}

function graduated(tiers: Tiers, quantity: number): Credits | null {
  let credits = 0
  let below = 0
  for (const band of tiers.bands) {
    const last = band.upTo === null || quantity <= band.upTo
    const part = multiply((last ? quantity : band.upTo) - below, band.credits)
    if (part === null || credits + part > CREDITS_MAX) return null
    credits += part
    if (last) return credits
    below = band.upTo
  }
  return outOfBands()
}

// The compiler refuses a list of bands whose last one ends, so every quantity has its band.
function outOfBands(): never {
  assert(false, 'the last band of a price has no end')
}
