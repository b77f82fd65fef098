-- Billing details, sellers, invoices with their numbers, mails, and notices. Amounts of money are minor units.

create table billing_details (
  project_id integer not null,
  account_id text not null,
  details jsonb not null,
  updated_at timestamptz not null,
  primary key (project_id, account_id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);

create table seller (
  project_id integer primary key references project (id),
  details jsonb not null,
  updated_at timestamptz not null
);

-- The last number given of a series: taken in the transaction that issues, so that a number is given with
-- its document or not at all.
create table invoice_series (
  project_id integer not null references project (id),
  prefix text not null,
  financial_year text not null,
  last integer not null check (last > 0),
  primary key (project_id, prefix, financial_year)
);

create table invoice (
  id text primary key,
  project_id integer not null,
  account_id text not null,
  kind text not null check (kind in ('invoice', 'credit_note')),
  purchase_id text not null,
  -- The invoice that a credit note takes back from.
  invoice_id text references invoice (id),
  status text not null check (
    status in ('draft', 'waiting_for_details', 'to_pay', 'partly_paid', 'paid', 'voided', 'issued')
  ),
  currency text not null,
  total bigint not null check (total >= 0),
  paid bigint not null default 0 check (paid >= 0),
  number text,
  issued_at timestamptz,
  -- All that stands on it, sellers and customers as they were at its issue. Never changed.
  document jsonb,
  created_at timestamptz not null,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  constraint invoice_number_fits check (length(number) <= 16),
  constraint invoice_issued_whole check (
    (number is null) = (issued_at is null) and (number is null) = (document is null)
  ),
  constraint invoice_waits_without_number check (
    number is null or status not in ('draft', 'waiting_for_details')
  ),
  constraint invoice_numbered_once_due check (
    number is not null or status in ('draft', 'waiting_for_details', 'voided')
  ),
  constraint credit_note_is_of_an_invoice check (
    (kind = 'credit_note') = (invoice_id is not null) and (kind = 'credit_note') = (status = 'issued')
  )
);
create unique index invoice_number on invoice (project_id, number) where number is not null;
-- One that was voided stays so: what comes later gets another.
create unique index invoice_one_per_purchase on invoice (purchase_id) where kind = 'invoice' and status <> 'voided';
create index invoice_listed on invoice (project_id, account_id, created_at, id);
create index invoice_waiting on invoice (project_id, account_id) where status = 'waiting_for_details';
create index credit_note_of on invoice (invoice_id) where invoice_id is not null;

-- For who looks whether each purchase has its invoice.
create index purchase_touched on purchase (touched_at);

-- Mails to be sent, written in the transaction of what causes them and sent afterwards, at least once.
create table mail (
  id text primary key,
  project_id integer not null,
  account_id text not null,
  kind text not null,
  -- What it is about: one mail for each cause and address.
  cause text not null,
  address text not null,
  language text not null,
  data jsonb not null,
  -- A document to be attached: an invoice's PDF, made when it is sent, or a file as it stands.
  invoice_id text references invoice (id),
  file_name text,
  file_type text,
  file bytea,
  happened_at timestamptz not null,
  status text not null check (status in ('waiting', 'sent', 'given_up')),
  attempts integer not null default 0,
  -- By the database's clock: when it is tried next, or until when a process has it in hand.
  next_attempt_at timestamptz not null default now(),
  reason text,
  sent_at timestamptz,
  written_at timestamptz not null default now(),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  unique (project_id, account_id, cause, address)
);
create index mail_waiting on mail (next_attempt_at) where status = 'waiting';
create index mail_listed on mail (project_id, written_at, id);

-- What an account ('' as its user) or one of its users wants to be told of, and how.
create table notification_setting (
  project_id integer not null,
  account_id text not null,
  user_id text not null,
  settings jsonb not null,
  primary key (project_id, account_id, user_id),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);

-- Addresses that asked to hear no more of a topic. In lower case.
create table mail_refusal (
  project_id integer not null,
  account_id text not null,
  address text not null,
  topic text not null,
  refused_at timestamptz not null,
  primary key (project_id, account_id, address, topic),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);

create table notice (
  number bigint generated always as identity primary key,
  project_id integer not null,
  account_id text not null,
  at timestamptz not null,
  type text not null,
  data jsonb not null,
  -- The event that it tells, so that it is told once.
  cause text not null,
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade,
  unique (project_id, account_id, cause)
);
create index notice_listed on notice (project_id, account_id, number);

-- user_id '' where an account reads without saying who.
create table notice_read (
  project_id integer not null,
  account_id text not null,
  user_id text not null,
  number bigint not null references notice (number),
  read_at timestamptz not null,
  primary key (project_id, account_id, user_id, number),
  foreign key (project_id, account_id) references account (project_id, account_id) on update cascade
);

-- How far a project's events were made into notices and mails.
create table notice_cursor (
  project_id integer primary key references project (id),
  position bigint not null
);
