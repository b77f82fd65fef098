/** The program on a database with accounts, and the connections to charge them by. */
import { openDatabase } from '../server/src/database/database.ts'
import { migrate } from '../server/src/database/migrate.ts'
import { ACCOUNTS } from './bench.ts'
import { type Account, addAccounts, openBooks, tidy } from './books.ts'
import type { HttpConnection } from './http-connection.ts'
import { openConnections } from './http-load.ts'
import type { Machine } from './machine.ts'
import { type Place, type ServerProcess, startScrip } from './server-process.ts'

export const CONNECTIONS = 64

export interface Served {
  readonly server: ServerProcess
  readonly residentAtStartMb: number
  readonly apiKey: string
  readonly connections: readonly HttpConnection[]
  readonly accounts: readonly Account[]
  readonly hot: readonly Account[]
}

/** The database is filled before the server starts, because the embedded one has one process. */
export async function serve(machine: Machine, place: Place): Promise<Served> {
  const database = await openDatabase(place)
  await migrate(database)
  const books = await openBooks(database)
  const accounts = await addAccounts(books, { accounts: ACCOUNTS })
  const hot = await addAccounts(books, { accounts: 1 })
  await tidy(books)
  await books.close()
  await database.close()
  const server = await startScrip(place)
  machine.atEnd(() => server.stop())
  const residentAtStartMb = server.residentMb()
  const connections = await openConnections(server.port, CONNECTIONS)
  machine.atEnd(async () => {
    for (const connection of connections) connection.close()
  })
  return { server, residentAtStartMb, apiKey: books.apiKey, connections, accounts, hot }
}
