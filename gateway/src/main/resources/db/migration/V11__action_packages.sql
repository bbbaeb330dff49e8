-- Bundles of the npm packages that Actions declare. A build is named by what is to be built, so that drafts and
-- versions that need the same share one. One node of the cluster holds the lease; when it dies, another takes over.
create table action_build (
  tenant_id    text not null references tenant on delete cascade,
  id           text not null,                      -- lower-case hexadecimal SHA-256 of inputs
  inputs       jsonb not null,                     -- {"dependencies": {name: version}, "requires": [name]}
  status       text not null check (status in ('pending', 'building', 'built', 'failed')),
  content_hash text,                               -- the bundle
  lockfile     text,                               -- package-lock.json: every package with its integrity
  errors       jsonb not null default '[]',        -- [{"id", "msg", "url"}]
  log          text not null default '',
  attempts     int not null default 0,             -- begun since it was asked for
  lease        text,
  leased_until timestamptz,
  requested_at timestamptz not null default now(),
  finished_at  timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, content_hash) references action_code deferrable initially deferred,
  check ((status = 'built') = (content_hash is not null)),
  check ((status = 'building') = (lease is not null))
);
create index action_build_open on action_build (requested_at) where status in ('pending', 'building');

create function build_requested() returns trigger language plpgsql as $$
begin
  perform pg_notify('cambio_build', new.tenant_id);
  return null;
end $$;
create trigger announce after insert or update of status on action_build
  for each row when (new.status = 'pending') execute function build_requested();

alter table action
  add column build_id text,                        -- absent without packages to install
  add column deploy_when_built boolean not null default false,
  add foreign key (tenant_id, build_id) references action_build deferrable initially deferred;
create index action_by_build on action (tenant_id, build_id);

-- What a version runs is more than its own code where it has packages or modules.
alter table action_version
  add column build_id text,
  add column program_hash text,
  add foreign key (tenant_id, build_id) references action_build deferrable initially deferred,
  add foreign key (tenant_id, program_hash) references action_code deferrable initially deferred;
update action_version set program_hash = content_hash;
set constraints all immediate;
alter table action_version alter column program_hash set not null;

-- Code that Actions share (contract actions-runtime §2.7).
create table action_module (
  tenant_id          text not null references tenant on delete cascade,
  id                 text not null,
  name               text not null,
  draft              jsonb not null,               -- code, dependencies
  sealed_secrets     bytea,
  secret_dates       jsonb not null default '{}',
  build              jsonb not null default '{}',
  build_id           text,
  publish_when_built boolean not null default false,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name),
  foreign key (tenant_id, build_id) references action_build deferrable initially deferred
);

create table action_module_version (
  tenant_id      text not null,
  id             text not null,
  module_id      text not null,
  number         int not null,
  content_hash   text not null,
  payload        jsonb not null,                   -- dependencies, secret_dates
  sealed_secrets bytea,
  build_id       text,
  created_at     timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, module_id, number),
  foreign key (tenant_id, module_id) references action_module on delete cascade,
  foreign key (tenant_id, content_hash) references action_code deferrable initially deferred,
  foreign key (tenant_id, build_id) references action_build deferrable initially deferred
);
create trigger announce after insert or update or delete on action_module for each row execute function configuration_changed();
create trigger announce after insert or update or delete on action_module_version for each row execute function configuration_changed();
