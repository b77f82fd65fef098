/** What is always true of invoices, asked of the accounts of the pools $1 lanes, $2 pools. Columns as in `verify.sql.ts`. */
import type { Rule } from './verify.sql.ts'

const ISSUED = `with issued as (
  select p.pool_id as pool, i.account_id as account, i.*
  from unnest($1::smallint[], $2::bigint[]) as place(lane, pool_id)
  join pool p on p.lane = place.lane and p.pool_id = place.pool_id
  join account a on a.lane = p.lane and a.pool_id = p.pool_id and a.project_id = p.project_id
  join invoice i on i.project_id = a.project_id and i.account_id = a.account_id and i.number is not null
)`

/** A number is a prefix, the financial year and a count of at least six digits. */
const COUNT = `substring(i.number from '[0-9]+$')::integer`
const BEFORE = `left(i.number, -length(substring(i.number from '[0-9]+$')))
  || lpad((${COUNT} - 1)::text, greatest(6, length((${COUNT} - 1)::text)), '0')`
/** From here on the year loses its dash, so the one before is written differently. */
const YEAR_LOSES_DASH = 1_000_000

export const INVOICE_RULES: readonly Rule[] = [
  {
    rule: 6,
    sentence: 'an invoice is what its document says, and its lines and taxes add up to its total',
    sql: `${ISSUED}
select i.pool, i.account, i.number as place, i.total::text as found, sums.whole::text as expected
from issued i cross join lateral (
  select (select coalesce(sum((line->>'net')::bigint), 0) from jsonb_array_elements(i.document->'lines') line)
    + (select coalesce(sum((tax->>'amount')::bigint), 0) from jsonb_array_elements(i.document->'taxes') tax) as whole
) sums
where i.total <> sums.whole or i.number <> i.document->>'number'`,
  },
  {
    rule: 6,
    sentence: 'credit notes take back no more than their invoice',
    sql: `${ISSUED}
select i.pool, i.account, i.number as place, sums.credited::text as found, 'at most ' || i.total as expected
from issued i cross join lateral (
  select coalesce(sum(note.total), 0) as credited from invoice note where note.invoice_id = i.id
) sums
where sums.credited > i.total`,
  },
  {
    rule: 6,
    sentence: 'the number before each invoice’s was given too',
    sql: `${ISSUED}
select i.pool, i.account, i.number as place, 'no ' || ${BEFORE} as found, ${BEFORE} as expected
from issued i
where ${COUNT} > 1 and ${COUNT} <> ${YEAR_LOSES_DASH} and not exists (
  select from invoice before where before.project_id = i.project_id and before.number = ${BEFORE})`,
  },
]
