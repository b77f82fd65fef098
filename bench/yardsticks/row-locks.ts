/**
 * Yardstick: the plain way to keep credits, as most products begin. One transaction for each charge:
 * the account's row is locked, its key looked up, its lots read, then everything is written. The
 * schema is its own and has no more indexes than it needs.
 */
import pg from 'pg'
import { type Load, runClients } from '../clients.ts'

const SCHEMA = `
create table plain_account (id int primary key, balance bigint not null check (balance >= 0));
create table plain_lot (id int primary key, account_id int not null references plain_account (id),
  remaining bigint not null check (remaining >= 0), expires_at timestamptz, created_at timestamptz not null);
create index on plain_lot (account_id) where remaining > 0;
create table plain_transaction (id bigint generated always as identity primary key,
  account_id int not null references plain_account (id), amount bigint not null, balance_after bigint not null,
  action text not null, user_id text, subject_id text, key text not null, lines jsonb not null,
  created_at timestamptz not null default now(), unique (account_id, key));
create index on plain_transaction (account_id, created_at);
create table plain_draw (transaction_id bigint not null references plain_transaction (id),
  lot_id int not null, amount bigint not null, primary key (transaction_id, lot_id));
`

const CREDITS = 5
const LINES = JSON.stringify([{ name: 'Image generation', credits: CREDITS }])

export interface RowLocks {
  /** Charges, each of another account than its neighbours. */
  run(clients: number, seconds: number): Promise<Load>
  close(): Promise<void>
}

/** In an empty database of PostgreSQL; `sessionsMax` is how many transactions run at once. */
export async function openRowLocks(url: string, accounts: number, sessionsMax: number): Promise<RowLocks> {
  const pool = new pg.Pool({ connectionString: url, max: sessionsMax })
  await pool.query(SCHEMA)
  await pool.query('insert into plain_account select n, 1000000000 from generate_series(0, $1 - 1) n', [
    accounts,
  ])
  await pool.query(
    'insert into plain_lot select n, n, 1000000000, null, now() from generate_series(0, $1 - 1) n',
    [accounts],
  )
  await pool.query('analyze')
  let charges = 0
  return {
    run: (clients, seconds) =>
      runClients({
        clients,
        seconds,
        request: () => {
          const charge = charges++
          return chargePlainly(pool, (charge * 7919) % accounts, `job_${charge}`)
        },
      }),
    close: () => pool.end(),
  }
}

/** Nine statements; prepared ones, so that it is not the planner that is measured. */
async function chargePlainly(pool: pg.Pool, account: number, key: string): Promise<void> {
  const session = await pool.connect()
  const ask = (name: string, text: string, values: unknown[]) => session.query({ name, text, values })
  try {
    await session.query('begin')
    const { rows } = await ask('lock', 'select balance from plain_account where id = $1 for update', [
      account,
    ])
    await ask('key', 'select id from plain_transaction where account_id = $1 and key = $2', [account, key])
    const lots = await ask(
      'lots',
      `select id, remaining from plain_lot where account_id = $1 and remaining > 0
       order by expires_at nulls last, created_at`,
      [account],
    )
    const lot = lots.rows[0].id
    await ask('draw', 'update plain_lot set remaining = remaining - $2 where id = $1', [lot, CREDITS])
    const made = await ask(
      'row',
      `insert into plain_transaction (account_id, amount, balance_after, action, user_id, subject_id, key, lines)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      [account, -CREDITS, rows[0].balance - CREDITS, 'image.generate', 'user_1', 'workspace_1', key, LINES],
    )
    await ask('lot', 'insert into plain_draw values ($1, $2, $3)', [made.rows[0].id, lot, CREDITS])
    await ask('balance', 'update plain_account set balance = balance - $2 where id = $1', [account, CREDITS])
    await session.query('commit')
  } finally {
    session.release()
  }
}
