-- A refresh token and those that took its place are a family, which holds all that they stand for. What can change is in the
-- family alone, so that one statement on its row decides what becomes of a token. A family is gone with what it rests on.
create table refresh_family (
  tenant_id          text not null,
  id                 text not null,                -- rt_…
  seq                bigint generated always as identity, -- order of issue
  client_id          text not null,
  user_id            text not null,
  connection_id      text not null,                -- that the user came by
  organization_id    text,
  resource_server_id text,                         -- null: the userinfo endpoint
  audience           text,                         -- as the exchange named the API; null likewise
  scope              text not null,                -- as granted by the exchange, space-delimited
  proof_key          text,                         -- RFC 7638 thumbprint, for a public client that proved to have the key
  rotating           boolean not null,
  counter            int not null default 0,       -- of the newest token
  metadata           jsonb not null default '{}',
  device             jsonb not null,               -- initial_ip, initial_user_agent, last_ip, last_user_agent
  created_at         timestamptz not null,
  rotated_at         timestamptz,                  -- when the counter last rose
  last_exchanged_at  timestamptz,
  expires_at         timestamptz,
  idle_expires_at    timestamptz,
  revoked_at         timestamptz,
  ends_at            timestamptz not null generated always as
                       (coalesce(least(expires_at, idle_expires_at, revoked_at), 'infinity')) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references client on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, connection_id) references connection on delete cascade,
  foreign key (tenant_id, organization_id) references organization on delete cascade,
  foreign key (tenant_id, resource_server_id) references resource_server on delete cascade
);
create index refresh_family_by_user on refresh_family (tenant_id, user_id, client_id);
create index refresh_family_by_client on refresh_family (tenant_id, client_id);
create index refresh_family_by_connection on refresh_family (tenant_id, connection_id);
create index refresh_family_by_organization on refresh_family (tenant_id, organization_id) where organization_id is not null;
create index refresh_family_by_api on refresh_family (tenant_id, resource_server_id) where resource_server_id is not null;
create index refresh_family_by_end on refresh_family (tenant_id, ends_at);

-- Every token of a family, by the hash of its value; never changed. Old ones stay, so that their reuse is noticed.
create table refresh_token (
  tenant_id  text not null,
  token_hash bytea not null,                       -- SHA-256
  family_id  text not null,
  counter    int not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, family_id) references refresh_family on delete cascade
);
create index refresh_token_by_family on refresh_token (tenant_id, family_id);
