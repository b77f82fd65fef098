/** What every gateway promises, whoever is at its other end: one suite for all of them. */
import { afterAll, beforeAll, describe } from 'vitest'
import { benchOf, type Cannot } from './bench.ts'
import {
  proveAnyOrder,
  proveCards,
  proveFaults,
  proveMoneyBack,
  provePaid,
  proveUnpaid,
} from './conformance-payments.ts'
import { proveMutations, proveRepeats, proveSignatures } from './conformance-webhooks.ts'
import type { FarSide } from './far-side.ts'

export interface GatewayUnderTest {
  readonly name: string
  readonly open: () => Promise<FarSide>
  /** What it cannot do, and why. */
  readonly cannot?: Cannot
}

const SENTENCES = [
  provePaid,
  proveUnpaid,
  proveMoneyBack,
  proveAnyOrder,
  proveCards,
  proveFaults,
  proveRepeats,
  proveSignatures,
  proveMutations,
]

export function describeGateway({ name, open, cannot = {} }: GatewayUnderTest): void {
  describe(`the gateway ${name}`, () => {
    let far: FarSide
    beforeAll(async () => {
      far = await open()
    }, 60_000)
    afterAll(() => far.stop())
    const bench = benchOf(name, cannot, () => far)
    for (const prove of SENTENCES) prove(bench)
  })
}
