/** From an id of Scrip's to the pool it names and the account it is for; 404 for what is not this project's. */
import { type Place, type PlacePrefix, parseLotId, parsePlaceId } from '@scrip/core'
import { accountAtEntry, accountAtHold, accountAtLot } from '../database/places.sql.ts'
import { type Address, laneOf } from '../ledger/outcome.ts'
import { type Ask, mayKnow } from './ask.ts'
import { Refused } from './refused.ts'

export interface Located {
  readonly address: Address
  readonly place: Place
  readonly accountId: string
}

const NOUNS = {
  chg: { code: 'charge_not_found', noun: 'charge' },
  hold: { code: 'hold_not_found', noun: 'hold' },
  txn: { code: 'transaction_not_found', noun: 'transaction' },
} as const

/** Where a charge, hold or transaction stands. A customer's key finds those of its own account only. */
export async function locate(ask: Ask, prefix: keyof typeof NOUNS, id: string): Promise<Located> {
  const { code, noun } = NOUNS[prefix]
  const parsed = parsePlaceId(prefix satisfies PlacePrefix, id)
  const notFound = new Refused(code, `There is no ${noun} ${id}.`)
  if (parsed === null) throw notFound
  const { pool, at, number } = parsed
  const address = { pool, lane: laneOf(pool) }
  const place = { at, number }
  const { pool: session } = ask.house.database
  const accountId = await (prefix === 'hold'
    ? accountAtHold(session, ask.project.id, address, place)
    : accountAtEntry(
        session,
        ask.project.id,
        address,
        place,
        prefix === 'chg' ? ['charge', 'capture'] : null,
      ))
  if (accountId === null || !knows(ask, accountId)) throw notFound
  return { address, place, accountId }
}

export async function locateLot(
  ask: Ask,
  id: string,
): Promise<Omit<Located, 'place'> & { readonly lot: number }> {
  const parsed = parseLotId(id)
  const notFound = new Refused('lot_not_found', `There is no lot ${id}.`)
  if (parsed === null) throw notFound
  const address = { pool: parsed.pool, lane: laneOf(parsed.pool) }
  const accountId = await accountAtLot(ask.house.database.pool, ask.project.id, address, parsed.number)
  if (accountId === null) throw notFound
  return { address, lot: parsed.number, accountId }
}

function knows(ask: Ask, accountId: string): boolean {
  try {
    mayKnow(ask, accountId)
    return true
  } catch {
    return false
  }
}
