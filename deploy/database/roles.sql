-- The two database roles of Dialtone, made in the database that the session is connected to: psql --file deploy/database/roles.sql
-- Run it as a superuser, or as a role that owns the database and may create roles and databases. It may run again, and sets no
-- passwords: alter role dialtone_owner password '…'.
--
-- dialtone_owner  owns the tables and runs `admin migrate` (MIGRATION_DATABASE_URL).
-- dialtone_app    is what every process works as (DATABASE_URL). `admin migrate` grants it rows of the tables, and nothing else.

do $$
declare
  part record;
begin
  if not exists (select from pg_roles where rolname = 'dialtone_owner') then
    create role dialtone_owner;
  end if;
  if not exists (select from pg_roles where rolname = 'dialtone_app') then
    create role dialtone_app;
  end if;
  -- Who is no superuser gives away only to a role that it could take on itself.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant dialtone_owner to %I', current_user);
  end if;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to dialtone_app', current_database());
  execute format('alter database %I owner to dialtone_owner', current_database());
  -- What a single role has made until now changes hands; sequences of columns follow their tables.
  for part in
    select c.oid::regclass as name, case c.relkind when 'S' then 'sequence' else 'table' end as kind
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
       and c.relowner <> 'dialtone_owner'::regrole
       and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i', 'e'))
  loop
    execute format('alter %s %s owner to dialtone_owner', part.kind, part.name);
  end loop;
end $$;

-- A database that was made before PostgreSQL 15 lets every role create tables.
revoke create on schema public from public;

alter role dialtone_owner login;
alter role dialtone_app login;
