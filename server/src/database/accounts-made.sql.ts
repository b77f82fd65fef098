/** Making accounts: the account's row and its pool's in one statement, so that there is never one without the other. */
import { toInstant } from './columns.ts'

/** $1–$11, in the order of the columns below; created_at is also updated_at. */
const COLUMNS = `project_id, account_id, parent_id, name, email, time_zone, currency, language, metadata, replaceable,
  created_at, updated_at`
const VALUES = `$1::int, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::jsonb, $10::boolean,
  ${toInstant('$11::bigint')}, ${toInstant('$11::bigint')}`

/** Then $12 lane, $13 pool, $14 sequence, $15 alerts, $16 profile. No row where the account exists. */
export const INSERT_ACCOUNT = `with made as (
  insert into account (${COLUMNS}, lane, pool_id)
  values (${VALUES}, $12::smallint, $13::bigint)
  on conflict (project_id, account_id) do nothing
  returning lane, pool_id, project_id, account_id, created_at
)
insert into pool (lane, pool_id, project_id, owner_id, at, sequence, due_at, alerts, profile)
select lane, pool_id, project_id, account_id, created_at, $14::bigint, created_at, $15::jsonb, $16::jsonb from made
returning lane, pool_id as pool`

/** $1–$11: into the pool of the parent $3, which has a pool of its own. */
export const INSERT_SHARING_ACCOUNT = `with parent as (
  select account.lane, account.pool_id from account
  join pool on pool.lane = account.lane and pool.pool_id = account.pool_id and pool.owner_id = account.account_id
  where account.project_id = $1 and account.account_id = $3
), made as (
  insert into account (${COLUMNS}, lane, pool_id)
  select ${VALUES}, parent.lane, parent.pool_id from parent
  on conflict (project_id, account_id) do nothing
  returning lane, pool_id
)
update pool set version = pool.version + 1
from made where pool.lane = made.lane and pool.pool_id = made.pool_id
returning pool.lane, pool.pool_id as pool`
