/** What a purchase that was paid, and what was taken back of it, answers: made from the row, as all answers are. */
import { type Entry, formatCredits, lotId, placeId } from '@scrip/core'
import { type AnswerBody, balances, type Saying, sayDraws, sayInstant } from './saying.ts'

export function sayPurchase(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  return {
    purchaseId: entry.detail?.purchase ?? null,
    transactionId: placeId('txn', pool, entry),
    accountId: entry.accountId,
    credits: formatCredits(entry.amount, decimals),
    lots: (entry.detail?.lots ?? []).map((number) => lotId(pool, number)),
    unapplied: entry.detail?.unapplied ?? [],
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}

/** `credits` is signed: what a dispute that was won gives again is above 0. */
export function sayReversal(entry: Entry, saying: Saying): AnswerBody {
  const { decimals, pool } = saying
  return {
    purchaseId: entry.detail?.purchase ?? null,
    transactionId: placeId('txn', pool, entry),
    accountId: entry.accountId,
    credits: formatCredits(entry.amount, decimals),
    unrecovered: formatCredits(entry.detail?.unrecovered ?? 0, decimals),
    draws: sayDraws(entry.draws, saying),
    at: sayInstant(entry.at),
    ...balances(entry, saying),
  }
}
