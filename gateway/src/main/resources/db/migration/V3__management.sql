-- What the Management API administers beside what exchanges already used. Lists are paged by (created_at, id),
-- so every table has both, or a key that stands for the id.

create table client_credential (
  tenant_id  text not null,
  id         text not null,
  client_id  text not null,
  payload    jsonb not null,                       -- credential_type, name, kid, alg, pem, expires_at, ...
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references client on delete cascade
);

create table role (
  tenant_id  text not null references tenant on delete cascade,
  id         text not null,
  name       text not null,
  payload    jsonb not null,                       -- description
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- A permission is a scope of an API; deleting the API takes it away.
create table role_permission (
  tenant_id          text not null,
  role_id            text not null,
  resource_server_id text not null,
  permission_name    text not null,
  created_at         timestamptz not null default now(),
  primary key (tenant_id, role_id, resource_server_id, permission_name),
  foreign key (tenant_id, role_id) references role on delete cascade,
  foreign key (tenant_id, resource_server_id) references resource_server on delete cascade
);

create table user_role (
  tenant_id  text not null,
  user_id    text not null,
  role_id    text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, role_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, role_id) references role on delete cascade
);
create index user_role_by_role on user_role (tenant_id, role_id, created_at, user_id);

create table user_permission (
  tenant_id          text not null,
  user_id            text not null,
  resource_server_id text not null,
  permission_name    text not null,
  created_at         timestamptz not null default now(),
  primary key (tenant_id, user_id, resource_server_id, permission_name),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, resource_server_id) references resource_server on delete cascade
);

create table organization (
  tenant_id  text not null references tenant on delete cascade,
  id         text not null,
  name       text not null,
  payload    jsonb not null,                       -- display_name, branding, metadata, ...
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table organization_connection (
  tenant_id       text not null,
  organization_id text not null,
  connection_id   text not null,
  payload         jsonb not null,                  -- assign_membership_on_login, show_as_button, is_enabled, ...
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (tenant_id, organization_id, connection_id),
  foreign key (tenant_id, organization_id) references organization on delete cascade,
  foreign key (tenant_id, connection_id) references connection on delete cascade
);

create table organization_member (
  tenant_id       text not null,
  organization_id text not null,
  user_id         text not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, organization_id, user_id),
  foreign key (tenant_id, organization_id) references organization on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index organization_member_by_user on organization_member (tenant_id, user_id);

create table organization_member_role (
  tenant_id       text not null,
  organization_id text not null,
  user_id         text not null,
  role_id         text not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, organization_id, user_id, role_id),
  foreign key (tenant_id, organization_id, user_id) references organization_member on delete cascade,
  foreign key (tenant_id, role_id) references role on delete cascade
);

create table organization_client_grant (
  tenant_id       text not null,
  organization_id text not null,
  grant_id        text not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, organization_id, grant_id),
  foreign key (tenant_id, organization_id) references organization on delete cascade,
  foreign key (tenant_id, grant_id) references client_grant on delete cascade
);

create trigger announce after insert or update or delete on client_credential for each row execute function configuration_changed();
create trigger announce after insert or update or delete on role for each row execute function configuration_changed();
create trigger announce after insert or update or delete on role_permission for each row execute function configuration_changed();
create trigger announce after insert or update or delete on organization for each row execute function configuration_changed();
create trigger announce after insert or update or delete on organization_connection for each row execute function configuration_changed();
create trigger announce after insert or update or delete on organization_client_grant for each row execute function configuration_changed();
