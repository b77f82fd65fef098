/** Yardstick: what the database itself takes to make one row durable, sent by one client that waits for it. */
import type { Database } from '../../server/src/database/database.ts'
import { type Load, runClients } from '../clients.ts'

export interface OneRowCommit {
  run(seconds: number): Promise<Load>
  close(): Promise<void>
}

export async function openOneRowCommit(database: Database): Promise<OneRowCommit> {
  const session = await database.connect()
  await session.query('create table if not exists one_row (id bigint primary key, amount bigint not null)')
  const { rows } = await session.query('select coalesce(max(id), 0) as last from one_row')
  let id = rows[0].last as number
  const text = 'insert into one_row values ($1, 5)'
  const query = { name: 'one_row', text }
  return {
    run: (seconds) =>
      runClients({ clients: 1, seconds, request: () => session.query({ ...query, values: [++id] }) }),
    close: () => session.end(),
  }
}
