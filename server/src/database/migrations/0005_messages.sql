-- What is told of a project, in one order; who is told by webhook, and what became of each delivery.

-- What a project's commits tell beside their notices: types of events that come from the journal's rows
-- alone (charges, holds, grants). Empty costs a charge nothing. It is what the endpoints and the setting ask for.
alter table project add column told text[] not null default '{}';
alter table project add column tells_journal boolean not null default false;

-- What a commit has to say waits here for its place in the stream. Without data: it is told from the
-- journal's row at the same place, of which there may be several.
alter table outbox alter column data drop not null;
alter table outbox drop constraint outbox_pkey;
alter table outbox add constraint outbox_pkey primary key (lane, pool_id, number, type);

-- The stream's last place. Whoever gives out places holds this row until they are there for all to see: so
-- nothing can appear before a place that was already read, in whatever order transactions end.
create table event_position (
  one boolean primary key default true check (one),
  last bigint not null default 0
);
insert into event_position default values;

create table event (
  project_id integer not null,
  position bigint not null,
  -- Of its pool, as in the journal; null and 0 for what is told of the project beside its pools.
  lane smallint,
  pool_id bigint not null,
  number bigint not null,
  at timestamptz not null,
  type text not null,
  account_id text,
  data jsonb,
  recorded_at timestamptz not null default now(),
  primary key (project_id, position)
);
create index event_account on event (project_id, account_id, position) where account_id is not null;
create index event_place on event (pool_id, number);

-- When `credits.changed` was last told of a pool: at most once a second.
create table credits_told (
  pool_id bigint primary key,
  told_at timestamptz not null
) with (fillfactor = 50);

create table webhook_endpoint (
  id text primary key,
  project_id integer not null references project (id),
  url text not null,
  description text,
  -- Types, or families as `credits.*`; empty = every one.
  types text[] not null default '{}',
  account_id text,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_reason text,
  -- Sealed; the one before it goes on signing until its time is over.
  secret bytea not null,
  previous_secret bytea,
  previous_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Everything up to here was tried, or is no concern of it.
  position bigint not null,
  -- Failures one after the other, and when it is asked again where they were too many.
  failures integer not null default 0,
  failing_since timestamptz,
  probes integer not null default 0,
  probe_at timestamptz,
  -- Why it cannot be served at all, such as a secret that no key here opens.
  trouble text,
  -- Which process delivers to it; a dead one's claim runs out.
  claim text,
  claimed_until timestamptz,
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((previous_secret is null) = (previous_until is null))
) with (fillfactor = 50);
create index webhook_endpoint_project on webhook_endpoint (project_id, created_at, id);

create table webhook_delivery (
  endpoint_id text not null references webhook_endpoint (id) on delete cascade,
  position bigint not null,
  status text not null check (status in ('waiting', 'delivered', 'failed')),
  -- Tries since it was last asked for; all of them, the latest last: { at, ms, status, error, body }.
  tried integer not null,
  tries jsonb not null,
  next_at timestamptz,
  updated_at timestamptz not null,
  primary key (endpoint_id, position),
  check ((status = 'waiting') = (next_at is not null))
);
create index webhook_delivery_due on webhook_delivery (endpoint_id, next_at) where next_at is not null;

-- When a budget's end was last told: a customer who keeps asking writes a row a day.
create table budget_told (
  project_id integer not null,
  account_id text not null,
  budget text not null,
  told_at timestamptz not null,
  primary key (project_id, account_id, budget)
);
