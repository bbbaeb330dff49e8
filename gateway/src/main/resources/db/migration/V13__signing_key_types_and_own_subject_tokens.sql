-- A tenant has a current and a next signing key of every kind. Those that exist are RSA.
alter table signing_key add column kty text not null default 'RSA' check (kty in ('RSA', 'EC', 'OKP'));
drop index signing_key_one_current;
drop index signing_key_one_next;
create unique index signing_key_one_current on signing_key (tenant_id, kty) where state = 'current';
create unique index signing_key_one_next on signing_key (tenant_id, kty) where state = 'next';

-- Whether the subject tokens of a profile are the tenant's own, which are then verified before its Action runs.
alter table token_exchange_profile add column subject_token_is_ours boolean not null default false;
