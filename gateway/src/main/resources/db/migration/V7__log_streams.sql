-- A grant without a client is for every third-party client that has none of its own.
alter table client_grant alter column client_id drop not null;
create unique index client_grant_default on client_grant (tenant_id, audience, subject_type) where client_id is null;
