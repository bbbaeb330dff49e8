-- Every table carries tenant_id. What the Management API shows of an entity is its payload; columns beside it
-- are what queries need, or what must not be in a payload because it is sealed.

create table tenant (
  id         text primary key,
  domain     text not null unique,                 -- host[:port] by which requests find the tenant
  settings   jsonb not null default '{}',
  revision   bigint not null default 0,            -- counts configuration changes; see configuration_changed()
  created_at timestamptz not null default now()
);

create table client (
  tenant_id     text not null references tenant on delete cascade,
  client_id     text not null,
  name          text not null,
  payload       jsonb not null,
  sealed_secret bytea,                             -- client_secret; absent for public clients
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, client_id)
);

create table resource_server (
  tenant_id             text not null references tenant on delete cascade,
  id                    text not null,
  identifier            text not null,
  payload               jsonb not null,
  sealed_signing_secret bytea,                     -- for HS256
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, identifier)
);

create table client_grant (
  tenant_id    text not null,
  id           text not null,
  client_id    text not null,
  audience     text not null,
  subject_type text not null default 'client' check (subject_type in ('client', 'user')),
  payload      jsonb not null,                     -- scope, allow_all_scopes, organization_usage, ...
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, client_id, audience, subject_type),
  foreign key (tenant_id, client_id) references client on delete cascade,
  foreign key (tenant_id, audience) references resource_server (tenant_id, identifier)
    on update cascade on delete cascade
);

create table connection (
  tenant_id  text not null references tenant on delete cascade,
  id         text not null,
  name       text not null,
  strategy   text not null,
  payload    jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table connection_client (
  tenant_id     text not null,
  connection_id text not null,
  client_id     text not null,
  primary key (tenant_id, connection_id, client_id),
  foreign key (tenant_id, connection_id) references connection on delete cascade,
  foreign key (tenant_id, client_id) references client on delete cascade
);

create table user_account (
  tenant_id     text not null references tenant on delete cascade,
  user_id       text not null,                     -- provider|id, the sub of tokens
  profile       jsonb not null,                    -- email, email_verified, name, picture, ...
  user_metadata jsonb not null default '{}',
  app_metadata  jsonb not null default '{}',
  blocked       boolean not null default false,
  logins_count  bigint not null default 0,
  last_login    timestamptz,
  last_ip       text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, user_id)
);

create table user_identity (
  tenant_id        text not null,
  connection       text not null,                  -- connection name
  identity_user_id text not null,                  -- the id within the connection
  user_id          text not null,
  position         int not null default 0,         -- 0 is the primary identity
  payload          jsonb not null,                 -- connection, provider, user_id, isSocial, ...
  primary key (tenant_id, connection, identity_user_id),
  unique (tenant_id, user_id, position),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);

-- One row per email, username or phone number that a user of a connection signs in by.
create table user_identifier (
  tenant_id  text not null,
  connection text not null,
  kind       text not null check (kind in ('email', 'username', 'phone_number')),
  value      text not null,                        -- email and username in lower case
  user_id    text not null,
  primary key (tenant_id, connection, kind, value),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index user_identifier_by_user on user_identifier (tenant_id, user_id);

-- Sources are immutable and content-addressed: many versions may share one.
create table action_code (
  tenant_id    text not null references tenant on delete cascade,
  content_hash text not null,                      -- lower-case hexadecimal SHA-256 of the source in UTF-8
  source       text not null,
  primary key (tenant_id, content_hash)
);

create table action (
  tenant_id           text not null references tenant on delete cascade,
  id                  text not null,
  name                text not null,
  supported_triggers  jsonb not null,              -- [{"id", "version"}]
  draft               jsonb not null,              -- code, dependencies, runtime, modules
  sealed_secrets      bytea,                       -- the draft's secrets, a JSON object
  deployed_version_id text,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table action_version (
  tenant_id      text not null,
  id             text not null,
  action_id      text not null,
  number         int not null,
  content_hash   text not null,
  payload        jsonb not null,                   -- dependencies, runtime, supported_triggers, secret names
  sealed_secrets bytea,
  created_at     timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, action_id, number),
  foreign key (tenant_id, action_id) references action on delete cascade,
  foreign key (tenant_id, content_hash) references action_code deferrable initially deferred
);
alter table action
  add foreign key (tenant_id, deployed_version_id) references action_version deferrable initially deferred;

-- No foreign key to action: a forced delete leaves the profile dangling, and its exchanges fail until it is mended.
create table token_exchange_profile (
  tenant_id          text not null references tenant on delete cascade,
  id                 text not null,
  name               text not null,
  subject_token_type text not null,
  action_id          text not null,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, subject_token_type)
);

create table trigger_binding (
  tenant_id    text not null,
  trigger_id   text not null,
  position     int not null,
  id           text not null,
  action_id    text not null,
  display_name text not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, trigger_id, position),
  unique (tenant_id, id),
  foreign key (tenant_id, action_id) references action on delete cascade
);

create table signing_key (
  tenant_id     text not null references tenant on delete cascade,
  kid           text not null,
  state         text not null check (state in ('next', 'current', 'previous')),
  certificate   text not null,                     -- PEM
  sealed_key    bytea not null,                    -- PKCS#8
  created_at    timestamptz not null default now(),
  current_since timestamptz,
  current_until timestamptz,
  revoked_at    timestamptz,
  primary key (tenant_id, kid)
);
create unique index signing_key_one_current on signing_key (tenant_id) where state = 'current';
create unique index signing_key_one_next on signing_key (tenant_id) where state = 'next';

create table tenant_log (
  tenant_id text not null,
  seq       bigint generated always as identity,
  log_id    text not null generated always as ('900' || lpad(seq::text, 20, '0')) stored,
  date      timestamptz not null,
  type      text not null,
  payload   jsonb not null,
  primary key (tenant_id, seq)
);

-- Any change of configuration, plain SQL included, raises the tenant's revision and is announced to every node.
create function configuration_changed() returns trigger language plpgsql as $$
declare
  changed text := coalesce(case when tg_op <> 'DELETE' then new.tenant_id end, old.tenant_id);
begin
  update tenant set revision = revision + 1 where id = changed;
  return null;
end $$;

create function revision_raised() returns trigger language plpgsql as $$
begin
  perform pg_notify('cambio_configuration', coalesce(case when tg_op <> 'DELETE' then new.id end, old.id));
  return null;
end $$;

create trigger announce after insert or update or delete on tenant for each row execute function revision_raised();
create trigger announce after insert or update or delete on client for each row execute function configuration_changed();
create trigger announce after insert or update or delete on resource_server for each row execute function configuration_changed();
create trigger announce after insert or update or delete on client_grant for each row execute function configuration_changed();
create trigger announce after insert or update or delete on connection for each row execute function configuration_changed();
create trigger announce after insert or update or delete on connection_client for each row execute function configuration_changed();
create trigger announce after insert or update or delete on action for each row execute function configuration_changed();
create trigger announce after insert or update or delete on action_version for each row execute function configuration_changed();
create trigger announce after insert or update or delete on token_exchange_profile for each row execute function configuration_changed();
create trigger announce after insert or update or delete on trigger_binding for each row execute function configuration_changed();
create trigger announce after insert or update or delete on signing_key for each row execute function configuration_changed();
