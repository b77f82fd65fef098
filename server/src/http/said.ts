/** From what the ledger did to the answer: made from the row alone, so a replay is the same bytes. */
import { answerOf } from '../ledger/replay.ts'
import type { Done } from '../operations/submit.ts'
import type { Answer } from './route.ts'

export function said(status: number, done: Done): Answer {
  return { status, body: bodyOf(done), replayed: done.replayed }
}

export function bodyOf({ entry, pool, decimals }: Done): Readonly<Record<string, unknown>> {
  return answerOf(entry, { pool, decimals })
}
