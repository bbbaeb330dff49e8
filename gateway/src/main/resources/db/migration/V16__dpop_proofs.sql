-- DPoP proofs that were used, until they could not be sent again: each is good for one request.
create table dpop_proof (
  tenant_id  text not null,                        -- no reference: each request would lock the tenant's row
  proof_hash bytea not null,                       -- SHA-256 of the key's thumbprint and jti
  expires_at timestamptz not null,
  primary key (tenant_id, proof_hash)
);
create index dpop_proof_by_expiry on dpop_proof (tenant_id, expires_at);
