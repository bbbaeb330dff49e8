-- Actions as the Management API administers them, and what became of each run of a trigger.

alter table action
  add column build jsonb not null default '{"errors": []}',    -- {"errors": [{"id", "msg", "url"}], "at"} of the draft
  add column secret_dates jsonb not null default '{}';         -- when each secret of the draft was set, by name

alter table trigger_binding add column updated_at timestamptz not null default now();

-- Code of drafts that are tried is stored too. What no version has is removed some time after its last use.
alter table action_code add column used_at timestamptz not null default now();

-- Runs of triggers, written with the log entry of the request. Like the log they outlive what they tell of.
create table action_execution (
  tenant_id  text not null,
  id         uuid not null,                        -- ordered by time, so that rows are appended to the index
  trigger_id text not null,
  results    jsonb not null,                       -- [{"action_name", "error", "started_at", "ended_at"}]
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create index action_execution_by_age on action_execution (created_at);
