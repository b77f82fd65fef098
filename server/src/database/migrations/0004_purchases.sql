-- Purchases, what was reported of their payments, and uses of promotion codes. Amounts of money are minor
-- units of the order's currency, credits units of the project's smallest.

create table purchase (
  project_id integer not null,
  id text primary key,
  -- Of two that were made at one instant, which was first.
  number bigint generated always as identity,
  account_id text not null,
  user_id text,
  -- What was asked for: a request is priced anew when staff offer a price for it.
  asked jsonb not null,
  -- The order as it was priced: it never changes but by an offer.
  priced jsonb not null,
  total bigint not null check (total >= 0),
  currency text not null,
  credits bigint not null check (credits >= 0),
  gateway text not null,
  -- Staff sell: without an offer it is a request, and nothing is to be paid yet.
  requested boolean not null,
  offered_at timestamptz,
  due_at timestamptz,
  note text,
  -- Staff give its credits before the money is there.
  grant_now boolean not null default false,
  granted_by jsonb,
  order_id text,
  checkout_url text,
  return_url text,
  -- The customer agreed that the gateway keeps its means of payment.
  saves_method boolean not null default false,
  promotion_code text,
  -- Whether the order counts among the uses of its code: an order that ends unpaid gives its use back.
  promotion_counted boolean not null default false,
  metadata jsonb not null default '{}',
  -- Derived from the facts by one operation, and kept for lists. "paid" only once its credits are there.
  status text not null check (
    status in ('requested', 'pending', 'paid', 'failed', 'abandoned', 'expired', 'refunded', 'disputed')
  ),
  paid bigint not null default 0 check (paid >= 0),
  returned bigint not null default 0 check (returned >= 0),
  payment_id text,
  failure text,
  -- What of it was paid for and has no effect any more.
  unapplied text,
  attention boolean not null default false,
  -- Where its lots are: the account's pool when it was first to be granted, fixed from then on, so that two
  -- who settle it at once, or one after a move to another pool, meet in one pool and make one set of lots.
  lane smallint,
  pool_id bigint,
  granted_at timestamptz,
  lots bigint[] not null default '{}',
  -- Facts that were written, and how many of them the status counts; -1: something else than a fact changed
  -- since. Where they differ, somebody settles it now, or died doing so.
  fact_count integer not null default 0,
  settled_count integer not null default -1,
  touched_at timestamptz not null default now(),
  asked_at timestamptz,
  stuck_at timestamptz,
  version integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz,
  paid_at timestamptz,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  constraint purchase_has_one_pool check ((lane is null) = (pool_id is null)),
  constraint purchase_granted_in_a_pool check (granted_at is null or pool_id is not null),
  constraint purchase_paid_is_granted check (status <> 'paid' or granted_at is not null),
  constraint purchase_counts_its_facts check (settled_count between -1 and fact_count)
);
create index purchase_listed on purchase (project_id, created_at, number);
create index purchase_of_account on purchase (project_id, account_id, created_at, number);
create unique index purchase_order on purchase (project_id, gateway, order_id) where order_id is not null;
create index purchase_unpaid on purchase (project_id, created_at) where status in ('pending', 'failed', 'abandoned');
create index purchase_unsettled on purchase (touched_at) where settled_count < fact_count;

-- One row per distinct fact of a payment, whoever reported it and how often. Never changed.
create table purchase_fact (
  project_id integer not null references project (id),
  purchase_id text not null references purchase (id),
  number bigint generated always as identity,
  kind text not null,
  payment_id text not null default '',
  -- What makes it one beside its kind and payment: an amount, a dispute's id.
  discriminator text not null default '',
  at timestamptz not null,
  data jsonb not null,
  source text not null,
  recorded_at timestamptz not null default now(),
  primary key (purchase_id, kind, payment_id, discriminator)
);

-- Refunds asked of a gateway: written before it is asked, so that two at once never ask for more than was paid.
create table purchase_refund (
  purchase_id text not null references purchase (id),
  key text not null,
  payment_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  at timestamptz not null,
  primary key (purchase_id, key)
);

-- account_id '' counts the uses by all.
create table promotion_use (
  project_id integer not null references project (id),
  code text not null,
  account_id text not null,
  used integer not null check (used >= 0),
  primary key (project_id, code, account_id)
);

-- Means of payment that a gateway kept for a customer. Never a number: the gateway's own id and how it is called.
create table payment_method (
  project_id integer not null,
  account_id text not null,
  gateway text not null,
  method_id text not null,
  label text not null,
  saved_at timestamptz not null,
  primary key (project_id, account_id, gateway, method_id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);
