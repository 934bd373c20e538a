-- A role and a database of the notifier's own; run by a superuser, as often as one likes.
select 'create role drift_notifier login' where not exists (select from pg_roles where rolname = 'drift_notifier') \gexec
select 'create database drift_notifier owner drift_notifier'
 where not exists (select from pg_database where datname = 'drift_notifier') \gexec
