-- Users are listed by age, and found by email: exactly, by prefix, or in order. The expression is the one that
-- management.UserSearch writes.
create index user_account_by_age on user_account (tenant_id, created_at, user_id);
create index user_account_by_email on user_account (tenant_id, (lower(profile ->> 'email') collate "C"), user_id);

-- No password grant exists yet; what is kept here cannot be turned back into a password.
create table identity_password (
  tenant_id        text not null,
  connection       text not null,
  identity_user_id text not null,
  hash             text not null,                  -- Argon2id, in the PHC string format
  reset_at         timestamptz,                    -- absent until it is changed for the first time
  primary key (tenant_id, connection, identity_user_id),
  foreign key (tenant_id, connection, identity_user_id) references user_identity on delete cascade
);

create index tenant_log_by_date on tenant_log (tenant_id, date, seq);
create index tenant_log_by_user on tenant_log (tenant_id, (payload ->> 'user_id'), seq)
  where payload ->> 'user_id' is not null;

-- Whoever reads the log from a checkpoint must not pass a row that is still uncommitted: seq is drawn before the
-- commit, so a slow transaction can bring a lower seq to light after a higher one was read. Writers therefore hold,
-- until they end, a shared advisory lock that says above which seq they write (modulo 2^31); they never wait for each
-- other. A statement trigger runs before the first row draws its seq.
create function tenant_log_announce_writer() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(
    1668113263, ((last_value - (not is_called)::int) & 2147483647)::int) from tenant_log_seq_seq;
  return null;
end $$;
create trigger announce_writer before insert on tenant_log
  for each statement execute function tenant_log_announce_writer();

-- The highest seq below which nothing can appear any more. To be asked before the statement that reads the rows, and
-- outside of its snapshot. The sequence is read first: who takes his lock later draws a higher seq.
create function tenant_log_settled() returns bigint language plpgsql volatile as $$
declare
  last bigint;
  lowest bigint;
begin
  select last_value into last from tenant_log_seq_seq;
  select min(last - behind) into lowest
  from (select (last - objid::bigint) & 2147483647 as behind
        from pg_locks
        where locktype = 'advisory' and classid = 1668113263 and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())) writers
  where behind < 1073741824;  -- others have looked at the sequence after us
  return least(last, lowest);
end $$;
