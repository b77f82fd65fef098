/** Compares what clients were told with what the database has. */
import type { Database } from '../../server/src/database/database.ts'
import { verify } from '../../server/src/ledger/verify.ts'
import type { ClientsBooks } from './clients.ts'

interface Row {
  readonly key: string
  readonly account: string
  readonly amount: number
  readonly balance: number
}

const CHARGES = `
  select idempotency_key as key, account_id as account, amount, balance_after as balance
  from entry where type = 'charge'`

/** The keys of the charges that happened, of clients with this name. */
export async function chargesIn(database: Database, name: string): Promise<string[]> {
  const { rows } = await database.pool.query<Row>(CHARGES)
  return rows.map(({ key }) => key).filter((key) => key.startsWith(`${name}-`))
}

/** Every way in which the books differ from what was told, or from themselves; none is what every harness wants. */
export async function differences(database: Database, told: ClientsBooks): Promise<string[]> {
  const { rows } = await database.pool.query<Row>(CHARGES)
  const keys = new Set(rows.map(({ key }) => key))
  const found = [
    ...told.surprises,
    ...[...told.acknowledged.keys()]
      .filter((key) => !keys.has(key))
      .map((key) => `lost: ${key} was acknowledged and is not there`),
    ...doubled(rows).map((key) => `doubled: ${key} happened more than once`),
    ...rows.flatMap((row) => mismatch(row, told)),
  ]
  for await (const violation of verify(database)) found.push(`violation: ${JSON.stringify(violation)}`)
  return found
}

function doubled(rows: readonly Row[]): string[] {
  const seen = new Set<string>()
  const twice = rows.filter(({ key }) => seen.size === seen.add(key).size)
  return twice.map(({ key }) => key)
}

function mismatch(row: Row, told: ClientsBooks): string[] {
  const asked = told.asked.get(row.key)
  if (asked === undefined) return [`unknown: ${row.key} was asked by nobody`]
  if (asked.accountId !== row.account || asked.quantities.images !== -row.amount)
    return [`wrong: ${row.key} is ${JSON.stringify(row)}`]
  const answer = told.acknowledged.get(row.key)
  if (answer === undefined) return []
  const isTrue = answer.credits === -row.amount && answer.balance === row.balance
  return isTrue
    ? []
    : [`wrong: ${row.key} was answered ${JSON.stringify(answer)} and is ${JSON.stringify(row)}`]
}
