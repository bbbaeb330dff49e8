-- A grant without a client is for every third-party client that has none of its own.
alter table client_grant alter column client_id drop not null;
create unique index client_grant_default on client_grant (tenant_id, audience, subject_type) where client_id is null;

-- Where the tenant log is delivered to, and how far that has come. Delivery changes the columns from cursor on, and
-- nothing else; it is no change of configuration.
create table log_stream (
  tenant_id       text not null references tenant on delete cascade,
  id              text not null,
  name            text not null,
  type            text not null check (type in ('http', 'file')),
  status          text not null check (status in ('active', 'paused', 'suspended')),
  payload         jsonb not null,                  -- sink without its secrets, filters, pii_config, isPriority
  sealed_secrets  bytea,                           -- httpAuthorization and values of httpCustomHeaders, a JSON object
  start_from      timestamptz,                     -- older entries are passed over
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  cursor          bigint not null,                 -- seq of the last entry that is done with
  attempts        int not null default 0,          -- failed ones of the batch after the cursor
  given_up        int not null default 0,          -- batches given up since the last one that was delivered
  dead_letters    bigint not null default 0,       -- entries given up since the beginning
  last_error      text,
  next_attempt_at timestamptz not null default now(),
  lease           text,                            -- of the one worker that may deliver
  leased_until    timestamptz,
  primary key (tenant_id, id)
);
