-- Further hosts at which a tenant is served, beside its domain: custom domains, and the TLS port of quickstart.
create table tenant_host (
  host       text primary key,                     -- in lower case, with its port if it is not the scheme's own
  tenant_id  text not null references tenant on delete cascade,
  created_at timestamptz not null default now()
);
create index tenant_host_by_tenant on tenant_host (tenant_id);

create trigger announce after insert or update or delete on tenant_host for each row execute function configuration_changed();
