/**
 * Whether a command under a used key is the one that used it. Another request under the same key is
 * refused, naming the field that differs where the stored row still shows it.
 */
import { type Command, type Entry, type Refusal, refuse } from '@scrip/core'
import { QUOTE } from '../database/ledger.sql.ts'
import type { Key } from './keys.ts'
import type { Outcome } from './outcome.ts'

/** The first time's row again, or why not. */
export function replay(command: Command, key: Key, entry: Entry): Outcome | { refused: Refusal } {
  // A charge and a hold with one quote may be the same request, word for word, and are two acts.
  if (key.operation === QUOTE && entry.type !== command.type) return refuseQuote()
  const hash = command.requestHash ?? null
  const isSame =
    hash !== null && entry.requestHash !== null
      ? hash === entry.requestHash
      : differingField(command, entry) === null
  if (isSame) return { entry, replayed: true }
  if (key.operation === QUOTE && !command.key) return refuseQuote()
  const field = differingField(command, entry)
  const about = field === null ? 'another request' : `another request: ${field} differs`
  return refuse('idempotency_key_reused', `The key was used for ${about}.`, {}, field ?? undefined)
}

function refuseQuote(): { refused: Refusal } {
  return refuse('quote_already_used', 'This quote was already spent by another request.', {}, 'quoteId')
}

/** The first field in which the command differs from the row its key made; null where the row shows no difference. */
function differingField(command: Command, entry: Entry): string | null {
  const asked: Partial<Record<string, unknown>> = { ...command }
  const detail = entry.detail ?? {}
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ['action', asked.action, entry.action],
    ['credits', asked.credits, creditsOf(entry)],
    ['userId', asked.userId, entry.userId],
    ['kind', asked.kind, detail.kind],
    ['plan', asked.plan, detail.plan],
    ['reason', asked.reason, detail.reason],
  ]
  for (const [field, given, stored] of checks) {
    if (given !== undefined && given !== null && stored !== undefined && given !== stored) return field
  }
  if (differs(asked.subject, entry.subject)) return 'subject'
  if (differs(asked.quantities, detail.quantities)) return 'quantities'
  if (differs(asked.options, detail.options)) return 'options'
  if (differs(asked.metadata, detail.metadata ?? {})) return 'metadata'
  const quote = asked.quote as { quoteId: string } | null | undefined
  return (quote?.quoteId ?? null) === (detail.quoteId ?? null) ? null : 'quoteId'
}

function creditsOf(entry: Entry): number | undefined {
  return entry.amount === 0 ? undefined : Math.abs(entry.amount)
}

/** Only what was given is compared: the row has defaults filled in. */
function differs(given: unknown, stored: unknown): boolean {
  if (given === undefined || given === null || stored === undefined) return false
  if (typeof given !== 'object') return given !== stored
  const values = (stored ?? {}) as Record<string, unknown>
  return Object.entries(given).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(values[name]))
}
