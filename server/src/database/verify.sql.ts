import { INVOICE_RULES } from './verify-invoices.sql.ts'

/**
 * "What is always true" (rules.md) as questions to the database: each statement answers the rows that
 * are not as its sentence says. $1 lanes, $2 pools. Columns: pool, account (the pool's owner), place (a
 * lot, row or hold), found, expected.
 */
export interface Rule {
  /** The line of "What is always true". */
  readonly rule: number
  readonly sentence: string
  readonly sql: string
}

const POOLS = `asked as materialized (
  select p.* from unnest($1::smallint[], $2::bigint[]) as place(lane, pool_id)
  join pool p on p.lane = place.lane and p.pool_id = place.pool_id
)`

const GRANTS = "('grant', 'purchase', 'refill', 'trial', 'plan_change', 'starter', 'sign_up')"
const REMOVALS = "('expired', 'rollover_excess', 'void', 'reversal')"
const CHARGES = "('charge', 'capture')"

/** The draws of rows, one by one. */
const DRAWS = `draws as (
  select e.lane, e.pool_id, e.at, e.number, e.type, e.charge_number, e.hold_number, e.detail, d.lot, d.credits, d.place
  from asked p join entry e on e.lane = p.lane and e.pool_id = p.pool_id
  cross join lateral unnest(e.lot_numbers, e.lot_amounts) with ordinality as d(lot, credits, place)
)`

function rule(number: number, sentence: string, sql: string): Rule {
  return { rule: number, sentence, sql: `with ${POOLS}\n${sql}` }
}

const lotRules: readonly Rule[] = [
  rule(
    1,
    'amount + returns − drawn − removed = remaining + held, and none is negative',
    `select p.pool_id as pool, p.owner_id as account, 'lot ' || l.number as place,
  format('%s + %s - %s - %s, remaining %s, held %s', l.amount, l.returned, l.drawn, l.removed, l.remaining, l.held) as found,
  'a sum that is even, nothing below 0' as expected
from asked p join lot l on l.lane = p.lane and l.pool_id = p.pool_id
where l.amount + l.returned - l.drawn - l.removed <> l.remaining + l.held
   or least(l.amount, l.returned, l.drawn, l.removed, l.remaining, l.held) < 0`,
  ),
  rule(
    1,
    'nothing remains in a lot that is expired, voided or reversed',
    `select p.pool_id as pool, p.owner_id as account, 'lot ' || l.number as place, l.remaining::text as found, '0' as expected
from asked p join lot l on l.lane = p.lane and l.pool_id = p.pool_id
where l.remaining > 0 and (l.closed is not null or l.expires_at <= p.at)`,
  ),
  rule(
    1,
    'a lot is open as long as something is left of it',
    `select p.pool_id as pool, p.owner_id as account, 'lot ' || l.number as place, l.open::text as found, (not l.open)::text as expected
from asked p join lot l on l.lane = p.lane and l.pool_id = p.pool_id
where l.open <> (l.remaining + l.held > 0)`,
  ),
  rule(
    1,
    'what was drawn from a lot, returned to it and removed from it is what the rows say',
    `, ${DRAWS}, sums as (
  select lane, pool_id, lot,
    -coalesce(sum(credits) filter (where type in ${CHARGES}), 0) as drawn,
    coalesce(sum(credits) filter (where type = 'refund'), 0) as returned,
    -coalesce(sum(credits) filter (where type in ${REMOVALS}), 0) as removed
  from draws group by lane, pool_id, lot
)
select p.pool_id as pool, p.owner_id as account, 'lot ' || l.number as place,
  format('drawn %s, returned %s, removed %s', l.drawn, l.returned, l.removed) as found,
  format('drawn %s, returned %s, removed %s', coalesce(s.drawn, 0), coalesce(s.returned, 0), coalesce(s.removed, 0)) as expected
from asked p join lot l on l.lane = p.lane and l.pool_id = p.pool_id
left join sums s on s.lane = l.lane and s.pool_id = l.pool_id and s.lot = l.number
where l.drawn <> coalesce(s.drawn, 0) or l.returned <> coalesce(s.returned, 0)
   -- What is cut from a lot before it starts has a row without credits: it was no part of the balance.
   or l.removed < coalesce(s.removed, 0)
   or (l.removed <> coalesce(s.removed, 0) and l.effective_at = l.granted_at)`,
  ),
  rule(
    1,
    'what is held of a lot is what open holds set aside of it',
    `, held as (
  select h.lane, h.pool_id, (d->>'lot')::bigint as lot, sum((d->>'credits')::bigint) as credits
  from asked p join hold h on h.lane = p.lane and h.pool_id = p.pool_id and h.open
  cross join lateral jsonb_array_elements(h.data->'left') as d
  group by 1, 2, 3
)
select p.pool_id as pool, p.owner_id as account, 'lot ' || l.number as place, l.held::text as found, coalesce(h.credits, 0)::text as expected
from asked p join lot l on l.lane = p.lane and l.pool_id = p.pool_id
left join held h on h.lane = l.lane and h.pool_id = l.pool_id and h.lot = l.number
where l.held <> coalesce(h.credits, 0)`,
  ),
]

const purchaseRules: readonly Rule[] = [
  rule(
    1,
    'what was taken back of a purchase is what the rows say, and what is unrecovered is spent or held',
    `, ${DRAWS}, reversals as (
  select p.lane, p.pool_id, p.owner_id, r.of->>'purchase' as purchase, (r.of->>'unrecovered')::bigint as unrecovered,
    (select coalesce(sum((d->>'credits')::bigint), 0) from jsonb_array_elements(r.of->'taken') d) as taken, r.of->'lots' as lots
  from asked p cross join lateral jsonb_array_elements(p.profile->'reversals') as r(of)
), known as (
  select r.*,
    (select -coalesce(sum(d.credits), 0) from draws d
     where d.lane = r.lane and d.pool_id = r.pool_id and d.type = 'reversal' and r.lots @> to_jsonb(d.lot)) as said,
    (select coalesce(sum(l.drawn - l.returned + l.held), 0) from lot l
     where l.lane = r.lane and l.pool_id = r.pool_id and r.lots @> to_jsonb(l.number)) as spent
  from reversals r
)
select pool_id as pool, owner_id as account, 'purchase ' || purchase as place,
  format('taken %s, unrecovered %s', taken, unrecovered) as found, format('taken %s, unrecovered at most %s', said, spent) as expected
from known where taken <> said or unrecovered < 0 or unrecovered > spent`,
  ),
]

/** Each total beside what the rows, or the lots, make of it. */
const totals = [
  ['balance', 'p.available + p.held', 'sum(e.amount)'],
  ['held', 'p.held', 'sum(e.held)'],
  ['received', 'p.received', `sum(e.amount) filter (where e.type in ${GRANTS})`],
  ['used', 'p.used', `-sum(e.amount) filter (where e.type in ('charge', 'capture', 'refund'))`],
  ['charged', 'p.charged', `-sum(e.amount) filter (where e.type in ${CHARGES})`],
  ['expired', 'p.expired', "-sum(e.amount) filter (where e.type in ('expired', 'grace'))"],
  [
    'removed',
    'p.received - p.used - p.available - p.held',
    `-sum(e.amount) filter (where e.type in ${REMOVALS} or e.type = 'grace')`,
  ],
] as const

const poolRules: readonly Rule[] = [
  ...totals.map(([name, has, sum]) =>
    rule(
      2,
      `the sum of the transactions is the pool's ${name}`,
      `select p.pool_id as pool, p.owner_id as account, '${name}' as place, (${has})::text as found, s.credits::text as expected
from asked p cross join lateral (
  select coalesce(${sum}, 0) as credits from entry e where e.lane = p.lane and e.pool_id = p.pool_id
) s
where ${has} <> s.credits`,
    ),
  ),
  rule(
    2,
    'what is available and held is what the lots that have started hold',
    `select p.pool_id as pool, p.owner_id as account, 'balance' as place,
  format('available %s, held %s', p.available, p.held) as found,
  format('available %s, held %s', s.remaining, s.held) as expected
from asked p cross join lateral (
  select coalesce(sum(l.remaining), 0) as remaining, coalesce(sum(l.held), 0) as held
  from lot l where l.lane = p.lane and l.pool_id = p.pool_id and l.effective_at <= p.at
) s
where p.available <> s.remaining or p.held <> s.held or least(p.available, p.held) < 0`,
  ),
  rule(
    2,
    'the pool stands where its last row left it, and its numbers go on after all that were given',
    `select p.pool_id as pool, p.owner_id as account, 'pool' as place,
  format('at %s, balance %s, held %s, received %s, used %s, uses %s, sequence %s', p.at, p.available + p.held, p.held, p.received, p.used, p.uses, p.sequence) as found,
  format('at %s, balance %s, held %s, received %s, used %s, uses %s, sequence above %s', s.at, s.balance_after, s.held_after, s.received_after, s.used_after, s.uses_after, s.number) as expected
from asked p cross join lateral (
  select * from entry e where e.lane = p.lane and e.pool_id = p.pool_id order by e.at desc, e.number desc limit 1
) s
where p.at < s.at or p.sequence <= s.number or p.available + p.held <> s.balance_after or p.held <> s.held_after
   or p.received <> s.received_after or p.used <> s.used_after or p.uses <> s.uses_after
   or p.charged <> s.charged_after or p.expired <> s.expired_after`,
  ),
]

const rowRules: readonly Rule[] = [
  rule(
    3,
    'the sum of a row’s draws is its amount',
    `select p.pool_id as pool, p.owner_id as account, 'row ' || e.number as place, s.credits::text as found,
  (case when e.amount <> 0 then e.amount else e.held end)::text as expected
from asked p join entry e on e.lane = p.lane and e.pool_id = p.pool_id
cross join lateral (select coalesce(sum(d), 0) as credits from unnest(e.lot_amounts) as d) s
where s.credits <> case when e.amount <> 0 then e.amount else e.held end
   or cardinality(e.lot_numbers) <> cardinality(e.lot_amounts)`,
  ),
  rule(
    3,
    'a row’s totals are the previous row’s and its own figures, and time does not go back',
    `, steps as (
  select p.owner_id, e.*,
    lag(e.balance_after, 1, 0::bigint) over w as balance_before, lag(e.held_after, 1, 0::bigint) over w as held_before,
    lag(e.used_after, 1, 0::bigint) over w as used_before, lag(e.number, 1, 0::bigint) over w as number_before
  from asked p join entry e on e.lane = p.lane and e.pool_id = p.pool_id
  window w as (partition by e.lane, e.pool_id order by e.at, e.number)
)
select pool_id as pool, owner_id as account, 'row ' || number as place,
  format('balance %s, held %s, used %s after row %s', balance_after, held_after, used_after, number_before) as found,
  format('balance %s, held %s', balance_before + amount, held_before + held) as expected
from steps
where balance_after <> balance_before + amount or held_after <> held_before + held or number <= number_before
   or used_after <> used_before + case when type in ('charge', 'capture', 'refund') then -amount else 0 end`,
  ),
]

/** A lot's place in the spend order, as far as it is still as it was: only of lots whose life goes on. */
const ORDER =
  "array[coalesce(extract(epoch from l.expires_at), 'infinity'::numeric), (coalesce(l.paid_amount, 0) > 0)::int::numeric, extract(epoch from l.effective_at), l.number::numeric]"

const drawRules: readonly Rule[] = [
  rule(
    4,
    'a charge or a hold draws lots that have started and have not expired',
    `, ${DRAWS}
select p.pool_id as pool, p.owner_id as account, 'row ' || d.number as place, format('lot %s, drawn at %s', d.lot, d.at) as found,
  format('from %s until %s', l.effective_at, l.expires_at) as expected
from asked p join draws d on d.lane = p.lane and d.pool_id = p.pool_id and d.type in ('charge', 'hold')
left join lot l on l.lane = d.lane and l.pool_id = d.pool_id and l.number = d.lot
where l.number is null or l.effective_at > d.at or l.expires_at < d.at
   -- At its last instant a lot is gone, unless it was ended there after the draw: by what expired of it, or,
   -- where nothing was left unheld, by the end of its subscription.
   -- Asked of lots that expire at all: of null, SQL would look through every row for each draw.
   or (l.expires_at is not null and l.expires_at = d.at and not exists (
     select from draws x where x.lane = d.lane and x.pool_id = d.pool_id and x.lot = d.lot and x.type = 'expired'
       and x.at = d.at and x.number > d.number) and not exists (
     select from entry x where x.lane = d.lane and x.pool_id = d.pool_id and x.type = 'subscription'
       and x.at = d.at and x.number > d.number))`,
  ),
  rule(
    4,
    'a charge or a hold draws in spend order',
    `, ${DRAWS}, ordered as (
  select d.*, l.priority, (l.expires_at is null or l.expires_at > p.at) as lives, ${ORDER} as rank,
    lag(l.priority) over w as priority_before, lag(${ORDER}) over w as rank_before,
    lag(l.expires_at is null or l.expires_at > p.at) over w as lives_before
  from asked p join draws d on d.lane = p.lane and d.pool_id = p.pool_id and d.type in ('charge', 'hold')
  join lot l on l.lane = d.lane and l.pool_id = d.pool_id and l.number = d.lot
  window w as (partition by d.lane, d.pool_id, d.number order by d.place)
)
select o.pool_id as pool, p.owner_id as account, 'row ' || o.number as place, format('lot %s as draw %s', o.lot, o.place) as found,
  'the lots in spend order' as expected
from ordered o join asked p on p.lane = o.lane and p.pool_id = o.pool_id
where o.priority < o.priority_before
   or (o.priority = o.priority_before and o.lives and o.lives_before and o.rank < o.rank_before)`,
  ),
  rule(
    4,
    'captures draw what their hold set aside',
    `, ${DRAWS}, sums as (
  select lane, pool_id, case type when 'hold' then number else hold_number end as hold, lot,
    -coalesce(sum(credits) filter (where type = 'capture'), 0) as captured,
    coalesce(sum(credits) filter (where type = 'hold'), 0) as held
  from draws where type = 'hold' or (type = 'capture' and detail->'beyond' is null) group by 1, 2, 3, 4
)
select p.pool_id as pool, p.owner_id as account, 'hold ' || s.hold as place, format('%s of lot %s', s.captured, s.lot) as found,
  s.held::text as expected
from asked p join sums s on s.lane = p.lane and s.pool_id = p.pool_id
where s.captured > s.held`,
  ),
]

const settlementRules: readonly Rule[] = [
  rule(
    5,
    'no more is refunded of a charge than was charged, in all and for each lot',
    `, ${DRAWS}, sums as (
  select lane, pool_id, coalesce(charge_number, number) as charge, lot,
    -coalesce(sum(credits) filter (where type in ${CHARGES}), 0) as charged,
    coalesce(sum(credits) filter (where type = 'refund'), 0) as refunded
  from draws where type in ('charge', 'capture', 'refund') group by 1, 2, 3, 4
)
select p.pool_id as pool, p.owner_id as account, 'charge ' || s.charge as place, format('refunded %s to lot %s', s.refunded, s.lot) as found,
  format('at most %s', s.charged) as expected
from asked p join sums s on s.lane = p.lane and s.pool_id = p.pool_id
where s.refunded > s.charged`,
  ),
  rule(
    5,
    'no more is captured of a hold than it held',
    `, captured as (
  select e.lane, e.pool_id, e.hold_number, -sum(e.held) as credits, -sum(e.amount) as charged
  from asked p join entry e on e.lane = p.lane and e.pool_id = p.pool_id and e.type = 'capture' group by 1, 2, 3
)
select p.pool_id as pool, p.owner_id as account, 'hold ' || h.number as place,
  format('captured %s, from the hold %s', coalesce(c.charged, 0), coalesce(c.credits, 0)) as found,
  format('captured %s, from the hold at most %s', h.captured, h.amount) as expected
from asked p join hold h on h.lane = p.lane and h.pool_id = p.pool_id
left join captured c on c.lane = h.lane and c.pool_id = h.pool_id and c.hold_number = h.number
where coalesce(c.credits, 0) > h.amount or coalesce(c.charged, 0) <> h.captured`,
  ),
  rule(
    5,
    'a hold has one ending, and one that has ended holds nothing',
    `, ends as (
  select e.lane, e.pool_id, e.hold_number, count(*) as number
  from asked p join entry e on e.lane = p.lane and e.pool_id = p.pool_id and e.type in ('release', 'hold_expired')
  group by 1, 2, 3
)
select p.pool_id as pool, p.owner_id as account, 'hold ' || h.number as place, format('%s, %s endings', h.status, coalesce(n.number, 0)) as found,
  case when h.open then 'none' else 'one' end as expected
from asked p join hold h on h.lane = p.lane and h.pool_id = p.pool_id
left join ends n on n.lane = h.lane and n.pool_id = h.pool_id and n.hold_number = h.number
where coalesce(n.number, 0) <> case when h.open then 0 else 1 end or h.open <> (h.status = 'open')
   or (not h.open and jsonb_array_length(h.data->'left') > 0)`,
  ),
]

/** What comes once: how it is told apart, and where. */
const onceRules: readonly Rule[] = [
  [
    'one refill for each subscription and period',
    'origin_subscription, origin_period',
    "x.origin = 'refill'",
  ],
  ['one trial for each subscription', 'origin_subscription', "x.origin = 'trial'"],
  ['starter credits once for each plan', 'account_id, origin_plan', "x.origin = 'starter'"],
  ['sign-up credits once', 'account_id', "x.origin = 'sign_up'"],
  [
    'one lot, and at most one bonus lot, for each paid line',
    'origin_purchase, origin_line, origin_bonus',
    "x.origin = 'purchase'",
  ],
].map(([sentence, columns, where]) => once(sentence as string, 'lot', columns as string, where as string))

function once(sentence: string, table: 'lot' | 'entry', columns: string, where: string): Rule {
  const named = columns.split(', ').map((column) => `x.${column}`)
  return rule(
    6,
    sentence,
    `select p.pool_id as pool, p.owner_id as account, concat_ws(', ', ${named.join(', ')}) as place, count(*)::text as found, '1' as expected
from asked p join ${table} x on x.lane = p.lane and x.pool_id = p.pool_id and ${where}
group by p.pool_id, p.owner_id, ${named.join(', ')} having count(*) > 1`,
  )
}

const keyRules: readonly Rule[] = [
  once(
    'one effect for each account, operation and idempotency key',
    'entry',
    'account_id, operation, idempotency_key',
    'x.idempotency_key is not null',
  ),
  once('a quote is spent once', 'entry', 'quote_id', 'x.quote_id is not null'),
  once('a number is given once', 'entry', 'number', 'true'),
]

export const RULES: readonly Rule[] = [
  ...lotRules,
  ...purchaseRules,
  ...poolRules,
  ...rowRules,
  ...drawRules,
  ...settlementRules,
  ...onceRules,
  ...keyRules,
  ...INVOICE_RULES,
]

/** The next pools in order after ($1 lane, $2 pool); $3 project or null, $4 account or null, $5 how many. */
export const POOLS_TO_VERIFY = `select p.lane, p.pool_id as pool from pool p
where (p.lane, p.pool_id) > ($1::smallint, $2::bigint) and ($3::int is null or p.project_id = $3)
  and ($4::text is null or exists (
    select from account a where a.project_id = p.project_id and a.account_id = $4 and a.lane = p.lane and a.pool_id = p.pool_id))
order by p.lane, p.pool_id limit $5`
