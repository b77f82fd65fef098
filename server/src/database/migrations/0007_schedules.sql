-- Exports: files of an account's rows, made beside the requests, and the schedules by which they come by
-- themselves. Automatic top-ups with every attempt at one.

create table export_schedule (
  project_id integer not null references project (id),
  id text not null,
  account_id text not null,
  scope text not null check (scope in ('account', 'pool')),
  report text not null check (report in ('usage', 'transactions')),
  by_keys text[] not null,
  every text not null check (every in ('day', 'week', 'month')),
  -- Minutes after midnight, by the account's calendar.
  at_minutes integer not null check (at_minutes between 0 and 1439),
  deliver jsonb not null,
  -- What was due by then happened, or was left out with a note.
  done_until timestamptz not null,
  -- When to look again: never later than its next occurrence.
  next_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (project_id, id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);
create index export_schedule_due on export_schedule (project_id, next_at);
create index export_schedule_of_account on export_schedule (project_id, account_id);

create table export (
  id text primary key,
  project_id integer not null references project (id),
  account_id text not null,
  -- Where its rows are: the account may move to another pool while it is made.
  lane smallint not null,
  pool_id bigint not null,
  scope text not null check (scope in ('account', 'pool')),
  report text not null check (report in ('usage', 'transactions')),
  by_keys text[] not null,
  span_from timestamptz,
  -- In the past when it was asked for, so that the rows of the span never change again.
  span_to timestamptz not null,
  -- The account's, for the days in the file's name.
  time_zone text not null,
  schedule_id text,
  missed integer not null default 0 check (missed >= 0),
  deliver jsonb,
  status text not null default 'waiting'
    check (status in ('waiting', 'making', 'ready', 'failed', 'forgotten')),
  -- Of a file that is put somewhere; null where nothing is to be put anywhere.
  delivery text check (delivery in ('waiting', 'done', 'failed')),
  -- How far it is: the parts that are there, what is in them, and the row after which it goes on.
  part_count integer not null default 0,
  row_count bigint not null default 0,
  byte_count bigint not null default 0,
  reached jsonb,
  -- Whose turn it is, and until when by the database's clock: after that another process goes on with it.
  claim text,
  claimed_until timestamptz,
  attempts integer not null default 0,
  failure text,
  created_at timestamptz not null,
  ready_at timestamptz,
  recorded_at timestamptz not null default now(),
  forget_at timestamptz,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);
create index export_listed on export (project_id, created_at, id);
create index export_to_do on export (claimed_until)
  where status in ('waiting', 'making') or delivery = 'waiting';
create index export_to_forget on export (forget_at) where status = 'ready';

-- The file in pieces, each compressed by itself: whatever process is asked has it, and a backup too.
create table export_part (
  export_id text not null references export (id),
  part integer not null,
  body bytea not null,
  primary key (export_id, part)
);

-- Each occurrence of a schedule happens once, on any number of processes.
create table export_occurrence (
  project_id integer not null,
  schedule_id text not null,
  due_at timestamptz not null,
  export_id text not null,
  primary key (project_id, schedule_id, due_at)
);

-- By which an account's pool is filled up by itself. Money in minor units of `currency`.
create table top_up (
  project_id integer not null references project (id),
  account_id text not null,
  threshold bigint not null check (threshold >= 0),
  amount bigint not null check (amount > 0),
  monthly_cap bigint not null check (monthly_cap >= 0),
  currency text not null,
  gateway text not null,
  method_id text not null,
  -- Of this means of payment, one after the other; until when it is left alone.
  declines integer not null default 0 check (declines >= 0),
  declined_at timestamptz,
  rests_until timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (project_id, account_id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);

-- Every attempt, written before the gateway is asked, and every top-up that was due and not made.
create table top_up_attempt (
  -- The purchase's id, where there is one.
  id text primary key,
  project_id integer not null references project (id),
  account_id text not null,
  lane smallint not null,
  pool_id bigint not null,
  at timestamptz not null,
  credits bigint not null check (credits > 0),
  total bigint check (total >= 0),
  currency text not null,
  gateway text not null,
  method_id text not null,
  balance bigint not null,
  status text not null check (status in ('open', 'paying', 'paid', 'declined', 'refused')),
  -- Why it was declined or refused.
  code text,
  reason text,
  -- A refusal is said once for each cause: a month's cap once a month.
  cause text,
  -- Which process asks the gateway, and how often it was asked in vain.
  claimed_until timestamptz,
  tries integer not null default 0,
  ended_at timestamptz,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  check ((code is null) = (status not in ('declined', 'refused')))
);
create unique index top_up_in_flight on top_up_attempt (lane, pool_id) where status in ('open', 'paying');
create unique index top_up_refused_once on top_up_attempt (project_id, account_id, cause) where cause is not null;
create index top_up_listed on top_up_attempt (project_id, account_id, at, id);
