-- Second factors of users (contract token-endpoint §8).
create table mfa_authenticator (
  tenant_id     text not null,
  id            text not null,                     -- type|dev_…
  user_id       text not null,
  factor        text not null check (factor in ('otp', 'phone', 'email', 'push-notification', 'recovery-code')),
  channel       text check (channel in ('sms', 'voice', 'email', 'auth0')),  -- by which the user is reached
  active        boolean not null default false,    -- until the user has proved it, it proves nothing
  enrolled_by   bytea,                             -- hash of the mfa_token that asked for it, which alone may activate it
  sealed_secret bytea,                             -- otp: the shared key; phone, email: the address
  code_hash     bytea,                             -- recovery-code: SHA-256
  last_step     bigint not null default -1,        -- otp: the time step whose code was used last
  created_at    timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index mfa_authenticator_by_user on mfa_authenticator (tenant_id, user_id);

-- Logins that wait for a second factor, by the hash of their mfa_token. Gone when they are completed.
create table mfa_login (
  tenant_id    text not null,
  token_hash   bytea not null,                     -- SHA-256
  client_id    text not null,
  user_id      text not null,
  sealed_login bytea not null,                     -- what is to be issued
  attempts     int not null default 0,             -- codes tried
  polls        int not null default 0,             -- questions after an answer out of band, since polled_since
  polled_since timestamptz not null,
  expires_at   timestamptz not null,
  primary key (tenant_id, token_hash),
  foreign key (tenant_id, client_id) references client on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index mfa_login_by_expiry on mfa_login (tenant_id, expires_at);
create index mfa_login_by_user on mfa_login (tenant_id, user_id);
create index mfa_login_by_client on mfa_login (tenant_id, client_id);

-- Challenges out of band. Kept for an hour, for which messages to a user are counted.
create table mfa_challenge (
  tenant_id        text not null,
  code_hash        bytea not null,                 -- SHA-256 of the oob_code
  token_hash       bytea not null,                 -- the login that it is for
  user_id          text not null,
  authenticator_id text not null,
  binding_hash     bytea,                          -- SHA-256 of oob_code and binding_code; absent where the user answers elsewhere
  state            text not null default 'pending' check (state in ('pending', 'accepted', 'refused', 'used')),
  created_at       timestamptz not null,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index mfa_challenge_by_user on mfa_challenge (tenant_id, user_id, created_at);
create index mfa_challenge_by_age on mfa_challenge (tenant_id, created_at);

-- How many codes may still be tried for a user: all again at that time.
create table mfa_guess (
  tenant_id text not null,
  user_id   text not null,
  full_at   timestamptz not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
