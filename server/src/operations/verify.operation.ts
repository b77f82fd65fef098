/** Checks what is stored against every line of "What is always true". Reads only, beside the service. */
import { RULES } from '../database/verify.sql.ts'
import { type Violation, verify as verifyStored } from '../ledger/verify.ts'
import type { Installation } from './installation.ts'

export interface VerifyRequest {
  /** null: every project. */
  readonly project: number | null
  readonly accountId: string | null
}

export interface Verification {
  readonly pools: number
  readonly rules: readonly { readonly rule: number; readonly sentence: string; readonly violations: number }[]
  /** The first thousand; the rules above count them all. */
  readonly violations: readonly Violation[]
}

const SHOWN_MAX = 1000

export async function verify(house: Installation, request: VerifyRequest): Promise<Verification> {
  const counts = new Map<string, number>()
  const shown: Violation[] = []
  let pools = 0
  const options = {
    ...request,
    onProgress: (looked: number) => {
      pools = looked
    },
  }
  for await (const violation of verifyStored(house.database, options)) {
    counts.set(violation.sentence, (counts.get(violation.sentence) ?? 0) + 1)
    if (shown.length < SHOWN_MAX) shown.push(violation)
  }
  const rules = RULES.map(({ rule, sentence }) => ({ rule, sentence, violations: counts.get(sentence) ?? 0 }))
  return { pools, rules, violations: shown }
}
