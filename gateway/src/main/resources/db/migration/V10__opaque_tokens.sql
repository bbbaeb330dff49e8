-- Tokens that mean nothing to who holds them. Kept by the hash of their value, and gone with their client and user.
create table opaque_token (
  tenant_id  text not null,
  token_hash bytea not null,                       -- SHA-256
  kind       text not null check (kind in ('access_token', 'session_transfer_token')),
  client_id  text not null,
  user_id    text not null,
  payload    jsonb not null,                       -- access_token: its claims; session_transfer_token: what it is bound to
  expires_at timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, client_id) references client on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index opaque_token_by_expiry on opaque_token (expires_at);
create index opaque_token_by_user on opaque_token (tenant_id, user_id);
create index opaque_token_by_client on opaque_token (tenant_id, client_id);

-- The claims that Actions last set in the ID token of a user for a client, as the userinfo endpoint tells them too.
create table userinfo_claims (
  tenant_id text not null,
  user_id   text not null,
  client_id text not null,
  claims    jsonb not null,
  primary key (tenant_id, user_id, client_id),
  foreign key (tenant_id, client_id) references client on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index userinfo_claims_by_client on userinfo_claims (tenant_id, client_id);
