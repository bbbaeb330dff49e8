-- A constant that is sealed under the master key: whoever cannot open it has another one. At most one row, written by
-- the first node that starts.
create table master_key_check (
  only_row   boolean primary key default true check (only_row),
  sealed     bytea not null,
  created_at timestamptz not null default now()
);
