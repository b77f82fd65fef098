-- Payment gateways: what each project's are set up with, what they told, and the orders of the built-in one.

-- Settings are one JSON text, sealed by a key that the database does not hold. `shown` has what may be seen
-- of it: the names, with the last four characters at most.
create table gateway_setting (
  project_id integer not null references project (id),
  gateway text not null,
  sealed bytea not null,
  shown jsonb not null,
  updated_at timestamptz not null,
  primary key (project_id, gateway)
);

-- Every verified event, once by the gateway's own id of it. It stays in sight until it is handled.
create table gateway_event (
  project_id integer not null references project (id),
  gateway text not null,
  event_id text not null,
  id text not null unique,
  type text not null,
  at timestamptz not null,
  -- What it says of an order; null where it concerns none, or where the gateway is asked instead.
  report jsonb,
  -- The payment or order by which the gateway is asked, where the event itself does not say enough.
  asks text,
  status text not null default 'received' check (status in ('received', 'handled', 'failed')),
  -- Why it could not be handled: what staff read.
  reason text,
  attempts integer not null default 0 check (attempts >= 0),
  -- When it is tried again; null once it is handled.
  due_at timestamptz,
  received_at timestamptz not null,
  handled_at timestamptz,
  primary key (project_id, gateway, event_id),
  check ((status = 'handled') = (handled_at is not null)),
  check ((status = 'handled') = (due_at is null)),
  check ((status = 'failed') = (reason is not null))
);
create index gateway_event_listed on gateway_event (project_id, received_at, id);
create index gateway_event_due on gateway_event (due_at) where due_at is not null;

-- The sandbox is a gateway of its own, so that it and Scrip can disagree: nothing but the sandbox reads or
-- writes its orders. `payment` is what it knows of one: its state, what was paid, returned and disputed.
create table sandbox_order (
  order_id text primary key,
  project_id integer not null references project (id),
  purchase_id text not null,
  checkout jsonb not null,
  payment jsonb not null,
  version integer not null default 0,
  created_at timestamptz not null,
  unique (project_id, purchase_id)
);
