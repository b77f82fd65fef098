-- Bills of plans that were bought: which accounts are looked at, and each attempt to have a bill paid.

create table plan_billing (
  project_id integer not null references project (id),
  account_id text not null,
  -- When to look again, by the account's time.
  next_at timestamptz not null,
  -- When its bill was declined last; null where no other means of payment is waited for.
  declined_at timestamptz,
  -- What was decided on another one is not written.
  version integer not null default 1,
  primary key (project_id, account_id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);
create index plan_billing_due on plan_billing (project_id, next_at);

create table plan_bill (
  -- The purchase's id.
  id text primary key,
  project_id integer not null references project (id),
  account_id text not null,
  lane smallint not null,
  pool_id bigint not null,
  -- The subscription's number in the pool, the period of its bill, and which attempt at it this is.
  subscription bigint not null,
  period integer not null check (period >= 0),
  attempt integer not null check (attempt >= 0),
  gateway text not null,
  -- The means of payment that is charged; null where it is paid by hand.
  method_id text,
  at timestamptz not null,
  status text not null check (status in ('open', 'paying', 'paid', 'declined')),
  -- Why it was declined.
  code text,
  reason text,
  -- Which process looks after it, and how often the gateway was asked in vain.
  claimed_until timestamptz,
  tries integer not null default 0,
  ended_at timestamptz,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  unique (lane, pool_id, subscription, period, attempt),
  check ((code is null) = (status <> 'declined')),
  check ((ended_at is null) = (status in ('open', 'paying')))
);
create unique index plan_bill_in_flight on plan_bill (lane, pool_id, subscription, period)
  where status in ('open', 'paying');
create index plan_bill_to_do on plan_bill (claimed_until) where status in ('open', 'paying');
