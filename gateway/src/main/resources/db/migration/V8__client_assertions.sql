-- Assertions of clients that were used, until they expire: each is good for one request.
create table client_assertion (
  tenant_id  text not null,
  client_id  text not null,
  jti_hash   bytea not null,                       -- SHA-256
  expires_at timestamptz not null,
  primary key (tenant_id, client_id, jti_hash),
  foreign key (tenant_id, client_id) references client on delete cascade
);
create index client_assertion_by_expiry on client_assertion (tenant_id, expires_at);
