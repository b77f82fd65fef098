/**
 * The statements of the ledger. The commit is one statement: it locks those pools whose version is still
 * what was decided on, writes lots and rows of those only, and answers which went through.
 *
 * It is planned once, for tables of every size, and a planner that saw them when they were small would
 * read them whole for ever. So it is left no choice: what is looked up stands in a lateral select of its
 * own, which can only be done row by row and by its index; what is updated is named by where it was
 * found (`ctid`); and whether a row's pool went through is asked of a hashed list.
 */
import type { Entry } from '@scrip/core'
import { type Column, columnValue, parametersOf, toInstant, toMilliseconds, unnestOf } from './columns.ts'
import { ENTRY_COLUMNS, ENTRY_SELECT } from './entry-rows.ts'
import {
  LOT_AS_JSON,
  LOT_FIGURES,
  type OfPool,
  POOL_FIGURES,
  POOL_GUARD,
  POOL_SELDOM,
  TOLD_COLUMNS,
} from './ledger-rows.ts'

/** A statement that each connection prepares once, under its name. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Breaks the thing that a race test guards; no configuration reaches it. */
export interface SabotagedStatement {
  readonly withoutVersionGuard?: boolean
  readonly withoutKeyLookup?: boolean
}

/** A key to look up before its pool is written: the pool's ord, where the key belongs, and what it is. */
export interface KeyAsked {
  readonly ord: number
  readonly address: { readonly lane: number; readonly pool: number }
  readonly key: { readonly key: string; readonly accountId: string; readonly operation: string }
}

/** Stands where a key's operation stands: a quote is spent once, whatever it is spent on. */
export const QUOTE = 'quote'

export const KEY_COLUMNS: readonly Column<KeyAsked>[] = [
  { name: 'ord', type: 'int', of: (row) => row.ord },
  { name: 'lane', type: 'smallint', of: (row) => row.address.lane },
  { name: 'pool_id', type: 'bigint', of: (row) => row.address.pool },
  { name: 'key', type: 'text', of: (row) => row.key.key },
  { name: 'account_id', type: 'text', of: (row) => row.key.accountId },
  { name: 'operation', type: 'text', of: (row) => row.key.operation },
]

export function askedColumns(seldom: boolean): typeof POOL_FIGURES {
  return seldom ? [...POOL_GUARD, ...POOL_FIGURES, ...POOL_SELDOM] : [...POOL_GUARD, ...POOL_FIGURES]
}

/**
 * Parameters, in this order: $1 the batch's number; $2 projects and $3 the versions of their catalogs
 * by which was decided; askedColumns; KEY_COLUMNS; LOT_FIGURES of lots
 * that were there before; ENTRY_COLUMNS; with `seldom` three JSON lists: new lots, holds, notices; and
 * with `told` TOLD_COLUMNS. A batch of nothing but charges, of which nobody asked to be told, has none of
 * these parts, and a smaller statement.
 */
export function commitStatement(seldom: boolean, sabotage: SabotagedStatement = {}, told = false): string {
  const asked = askedColumns(seldom)
  const keysFirst = ASKED_FIRST + parametersOf(asked)
  const lotsFirst = keysFirst + parametersOf(KEY_COLUMNS)
  const entriesFirst = lotsFirst + parametersOf(LOT_FIGURES)
  const seldomFirst = entriesFirst + parametersOf(ENTRY_COLUMNS)
  const toldFirst = seldomFirst + (seldom ? SELDOM_PARAMETERS : 0)
  const parts = [
    CURRENT,
    `asked as materialized (select * from ${unnestOf('a', asked, ASKED_FIRST)})`,
    found(keysFirst),
    locked(sabotage),
    poolUpdate(seldom),
    lotUpdate(lotsFirst),
    entryInsert(entriesFirst),
    ...(seldom ? seldomParts(seldomFirst) : []),
    ...(told ? [toldInsert(toldFirst)] : []),
  ]
  return `with ${parts.join(',\n')}
select array(select ord from locked) as went,
       ${FOUND_AS_JSON}`
}

/** After the batch's number and the two lists of CURRENT. */
const ASKED_FIRST = 4

/** The projects whose catalog is still the one that was decided by. */
const CURRENT = `current as materialized (
  select decided.id from unnest($2::int[], $3::int[]) as decided(id, version)
  ${each('p', 'select from project where id = decided.id and catalog_version = decided.version')}
)`

/** A pool that did not go through writes nothing. A list that is hashed once, whatever the planner believes of its length. */
function went(ord: string): string {
  return `coalesce(${ord} in (select ord from locked), false)`
}

/** Written so that no index is used for it: to a planner the pool's place is as good as the key while rows are few. */
const OF_THE_POOL = 'e.lane + 0 = k.lane and e.pool_id + 0 = k.pool_id'

/** Done for each row on its own: `offset 0` keeps a select apart. */
function each(alias: string, select: string): string {
  return `cross join lateral (${select} offset 0) ${alias}`
}

/** Keys and quotes that were used before: their pools are not written, their commands are replays. */
function found(first: number): string {
  return `keys as materialized (select * from ${unnestOf('k', KEY_COLUMNS, first)}),
found as materialized (
  select k.ord, k.key, k.account_id, k.operation, e.at, e.number
  from keys k
  ${each(
    'e',
    `select e.at, e.number from entry e where e.idempotency_key = k.key
       and e.account_id = k.account_id and e.operation = k.operation and ${OF_THE_POOL}`,
  )}
  union all
  select k.ord, k.key, k.account_id, k.operation, e.at, e.number
  from keys k
  ${each('e', `select e.at, e.number from entry e where e.quote_id = k.key and ${OF_THE_POOL}`)}
  where k.operation = '${QUOTE}'
)`
}

/**
 * Skips what another process holds, instead of waiting for it: that pool is decided again, and no
 * other pool of the batch waits. The catalog's version is part of the guard, so that a process that
 * has not seen a new catalog decides again with it.
 */
function locked(sabotage: SabotagedStatement): string {
  const guards = [
    ...(sabotage.withoutVersionGuard ? [] : ['p.version = a.version']),
    'coalesce(p.project_id in (select id from current), false)',
  ]
  const isKeyNew = sabotage.withoutKeyLookup
    ? ''
    : 'where coalesce(a.ord not in (select ord from found), true)'
  const isStillAsDecided = guards.map((guard) => `and ${guard}`).join(' ')
  return `locked as materialized (
  select a.*, p.place
  from asked a
  cross join lateral (
    select p.ctid as place from pool p
    where p.lane = a.lane and p.pool_id = a.pool_id ${isStillAsDecided}
    offset 0 for no key update skip locked
  ) p
  ${isKeyNew}
)`
}

function poolUpdate(seldom: boolean): string {
  const assigned = POOL_FIGURES.map((column) => `${column.name} = ${columnValue('l', column)}`)
  if (seldom) {
    for (const name of ['alerts', 'budgets', 'profile'])
      assigned.push(`${name} = coalesce(l.${name}::jsonb, pool.${name})`)
    for (const name of ['plan', 'base_plan', 'subscription_status']) assigned.push(`${name} = l.${name}`)
  }
  return `pools as (
  update pool set version = pool.version + 1, batch = $1::int, ${assigned.join(', ')}
  from locked l where pool.ctid = l.place
)`
}

const lotFigures = LOT_FIGURES.filter((column) => !['ord', 'lane', 'pool_id', 'number'].includes(column.name))

function lotUpdate(first: number): string {
  const assigned = lotFigures.map((column) => `${column.name} = ${columnValue('c', column)}`)
  return `changed as materialized (
  select c.*, l.place
  from ${unnestOf('c', LOT_FIGURES, first)}
  ${each(
    'l',
    'select l.ctid as place from lot l where l.lane = c.lane and l.pool_id = c.pool_id and l.number = c.number',
  )}
  where ${went('c.ord')}
),
lots as (
  update lot set ${assigned.join(', ')}
  from changed c where lot.ctid = c.place
)`
}

function entryInsert(first: number): string {
  const columns = ENTRY_COLUMNS.filter((column) => column.name !== 'ord') as readonly Column<OfPool<Entry>>[]
  return `entries as (
  insert into entry (${columns.map((column) => column.name).join(', ')}, batch)
  select ${columns.map((column) => columnValue('e', column)).join(', ')}, $1::int
  from ${unnestOf('e', ENTRY_COLUMNS, first)}
  where ${went('e.ord')}
)`
}

const SELDOM_PARAMETERS = 3

/** Without data, which are the entry's: this is written with every charge that is told. */
function toldInsert(first: number): string {
  const columns = TOLD_COLUMNS.filter((column) => column.name !== 'ord').map((column) => column.name)
  return `told as (
  insert into outbox (${columns.join(', ')})
  select ${columns.map((name) => `t.${name}`).join(', ')}
  from ${unnestOf('t', TOLD_COLUMNS, first)}
  where ${went('t.ord')}
)`
}

function seldomParts(first: number): string[] {
  return [lotInsert(first), holdUpsert(first + 1), noticeInsert(first + 2)]
}

function lotInsert(parameter: number): string {
  return insertFromJson('new_lots', 'lot', LOT_RECORD, parameter)
}

function noticeInsert(parameter: number): string {
  return insertFromJson('notices', 'outbox', NOTICE_RECORD, parameter)
}

function holdUpsert(parameter: number): string {
  const assigned = ['status', 'expires_at', 'amount', 'captured', 'open', 'data'].map(
    (name) => `${name} = excluded.${name}`,
  )
  return insertFromJson(
    'holds',
    'hold',
    HOLD_RECORD,
    parameter,
    `on conflict (lane, pool_id, number) do update set ${assigned.join(', ')}`,
  )
}

type Record = Readonly<{ [column: string]: string }>

function insertFromJson(
  alias: string,
  table: string,
  record: Record,
  parameter: number,
  conflict = '',
): string {
  const names = Object.keys(record)
  const values = names.map((name) => (record[name] === 'instant' ? toInstant(`r.${name}`) : `r.${name}`))
  const types = names.map((name) => `${name} ${record[name] === 'instant' ? 'bigint' : record[name]}`)
  return `${alias} as (
  insert into ${table} (${names.join(', ')})
  select ${values.join(', ')}
  from json_to_recordset($${parameter}::json) as r(ord int, ${types.join(', ')})
  where ${went('r.ord')}
  ${conflict}
)`
}

const WHICH: Record = { lane: 'smallint', pool_id: 'bigint', number: 'bigint' }

const LOT_RECORD: Record = {
  ...WHICH,
  granted_at: 'instant',
  account_id: 'text',
  kind: 'text',
  priority: 'integer',
  effective_at: 'instant',
  expires_at: 'instant',
  paid_amount: 'bigint',
  paid_currency: 'text',
  origin: 'text',
  origin_subscription: 'bigint',
  origin_period: 'bigint',
  origin_plan: 'text',
  origin_purchase: 'text',
  origin_line: 'integer',
  origin_bonus: 'boolean',
  origin_lot: 'bigint',
  amount: 'bigint',
  returned: 'bigint',
  drawn: 'bigint',
  removed: 'bigint',
  remaining: 'bigint',
  held: 'bigint',
  closed: 'text',
  open: 'boolean',
}

const HOLD_RECORD: Record = {
  ...WHICH,
  at: 'instant',
  account_id: 'text',
  status: 'text',
  expires_at: 'instant',
  subject_id: 'text',
  amount: 'bigint',
  captured: 'bigint',
  open: 'boolean',
  data: 'jsonb',
}

const NOTICE_RECORD: Record = { ...WHICH, at: 'instant', type: 'text', account_id: 'text', data: 'jsonb' }

const FOUND_AS_JSON = `(select json_agg(json_build_array(f.ord, f.key, f.account_id, f.operation, ${toMilliseconds('f.at')}, f.number)) from found f) as found`

/**
 * For pools that a batch changes nothing of: whether what was decided on is still true, and whether a
 * key of a refused command was used before. Parameters: $1 lanes, $2 pools, then KEY_COLUMNS.
 */
export function checkStatement(): string {
  return `with ${found(3)}
select (select json_agg(json_build_array(p.pool_id, p.version, project.catalog_version))
  ${'from unnest($1::smallint[], $2::bigint[]) as asked(lane, pool_id)'}
  join pool p on p.lane = asked.lane and p.pool_id = asked.pool_id
  join project on project.id = p.project_id) as pools,
  ${FOUND_AS_JSON}`
}

const OF_POOLS = 'from unnest($1::smallint[], $2::bigint[]) as asked(lane, pool_id)'

/** $1 lanes, $2 pools. One statement, so that pool, lots and holds are of one instant. */
export const LOAD_POOLS: Statement = {
  name: 'load_pools',
  text: `select p.*, project.catalog_version,
  (select json_agg(json_build_array(a.account_id, a.time_zone)) from account a
    where a.lane = p.lane and a.pool_id = p.pool_id) as accounts,
  (select json_agg(${LOT_AS_JSON}) from lot l
    where l.lane = p.lane and l.pool_id = p.pool_id and l.open) as lots,
  (select json_agg(h.data) from hold h
    where h.lane = p.lane and h.pool_id = p.pool_id and h.open) as holds
${OF_POOLS}
${each('p', 'select * from pool where lane = asked.lane and pool_id = asked.pool_id')}
${each('project', 'select catalog_version from project where id = p.project_id')}`,
}

/** $1 lanes, $2 pools. Waits for whoever holds them, always in the same order, so that two waiters cannot wait for each other. */
export const LOCK_POOLS = `select p.lane, p.pool_id, p.version, p.batch
from (select lane, pool_id ${OF_POOLS} order by lane, pool_id) asked
${each('p', 'select * from pool where lane = asked.lane and pool_id = asked.pool_id').replace(' offset 0)', ' offset 0 for no key update)')}`

/** $1 lanes, $2 pools, $3 numbers of lots. */
export const LOAD_LOTS = `select l.lane, l.pool_id, ${LOT_AS_JSON} as lot
from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as asked(lane, pool_id, number)
join lot l on l.lane = asked.lane and l.pool_id = asked.pool_id and l.number = asked.number`

/** $1 lanes, $2 pools, $3 numbers of lots: those, and the grace lots that came from them. Rare: a pool's lots are read for it. */
export const LOAD_LOTS_WITH_GRACE = `select l.lane, l.pool_id, ${LOT_AS_JSON} as lot
from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as asked(lane, pool_id, number)
join lot l on l.lane = asked.lane and l.pool_id = asked.pool_id
  and (l.number = asked.number or (l.origin = 'grace' and l.origin_lot = asked.number))`

/** $1 lanes, $2 pools, $3 numbers of holds, $4 when they were made (epoch milliseconds): both parts of the id must fit. */
export const LOAD_HOLDS = `select h.lane, h.pool_id, h.data
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[]) as asked(lane, pool_id, number, at)
join hold h on h.lane = asked.lane and h.pool_id = asked.pool_id and h.number = asked.number
  and h.at = ${toInstant('asked.at')}`

/** $1 lanes, $2 pools, $3 numbers, $4 instants (epoch milliseconds) of entries. */
export const LOAD_ENTRIES: Statement = {
  name: 'load_entries',
  text: `select ${ENTRY_SELECT}, e.batch
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[]) as asked(lane, pool_id, number, at)
${each(
  'e',
  `select * from entry e where e.lane = asked.lane and e.pool_id = asked.pool_id and e.number = asked.number
     and e.at = ${toInstant('asked.at')}`,
)}`,
}

/** $1 lanes, $2 pools, $3 numbers of charges: the captures and refunds that name them, in order. */
export const LOAD_CHARGE_ROWS = `select ${ENTRY_SELECT}
from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as asked(lane, pool_id, number)
join entry e on e.lane = asked.lane and e.pool_id = asked.pool_id and e.charge_number = asked.number
order by e.lane, e.pool_id, e.number`

/**
 * What was spent, held included, by charges and holds made since an instant: $1 lane, $2 pool, $3 account,
 * $4 user or null, $5 subject or null, $6 epoch milliseconds. A release or refund counts where its charge did.
 */
export const SPENT_SINCE = `select coalesce(sum(e.held - e.amount), 0)::bigint as spent
from entry e
where e.lane = $1 and e.pool_id = $2 and e.account_id = $3
  and ($4::text is null or e.user_id = $4) and ($5::text is null or e.subject_id = $5)
  and e.type in ('charge', 'hold', 'capture', 'release', 'hold_expired', 'refund')
  and e.at >= ${toInstant('$6::bigint')} and coalesce(e.made_at, e.at) >= ${toInstant('$6::bigint')}`

/** $1 project, $2 epoch milliseconds, $3 how many: the longest due first. */
export const DUE_POOLS = `select lane, pool_id as pool from pool
where due_at <= ${toInstant('$2::bigint')} and project_id = $1
order by due_at, lane, pool_id limit $3`
