/** What people look at, over HTTP, of an account with very many rows and of one with few. */
import type { Account } from './books.ts'
import type { Measured } from './figures.ts'
import { askAgain, openConnections } from './http-load.ts'
import type { Machine } from './machine.ts'
import { interleave } from './rounds.ts'
import { type Place, startScrip } from './server-process.ts'

const ROUNDS = 3
const SECONDS = 0.2

export interface Reading {
  readonly apiKey: string
  readonly busy: Account
  readonly usual: Account
}

/** Milliseconds, the median of each round's answers. */
export async function measureReads(
  machine: Machine,
  place: Place,
  suffix: string,
  { apiKey, busy, usual }: Reading,
): Promise<Measured[]> {
  const server = await startScrip(place)
  machine.atEnd(() => server.stop())
  const [connection] = await openConnections(server.port, 1)
  const ask = (account: Account, what: string) => async (): Promise<number> => {
    const path = `/accounts/${account.id}/${what}`
    return (await askAgain({ connection: connection!, apiKey, path }, SECONDS)).p50Ms
  }
  const values = await interleave(ROUNDS, {
    months: ask(busy, 'usage/months'),
    usualMonths: ask(usual, 'usage/months'),
    transactions: ask(busy, 'transactions'),
    usualTransactions: ask(usual, 'transactions'),
  })
  const line = (id: string, found: readonly number[], yardsticks: readonly number[]): Measured => ({
    id: `read.${id}${suffix}`,
    unit: 'ms',
    values: found,
    of: 'account with few rows',
    yardsticks,
  })
  return [
    line('months', values.months, values.usualMonths),
    line('transactions', values.transactions, values.usualTransactions),
  ]
}
