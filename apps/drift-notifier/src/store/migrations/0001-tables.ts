import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table handled_events (
     id text primary key,
     handled_at timestamptz not null default now()
   )`,
  `create index handled_events_by_age on handled_events (handled_at)`,
  `comment on table handled_events is 'Events that were taken in, by their ids: one that comes again changes nothing.'`,
  `create table numbers (
     connection_id uuid not null,
     key text not null,
     partner_id uuid not null,
     phone_number text not null,
     seq bigint not null,
     drift_id uuid,
     issues text[] not null default '{}',
     opened_at timestamptz,
     primary key (connection_id, key)
   )`,
  `create index numbers_broken on numbers (drift_id) where drift_id is not null`,
  `comment on table numbers is 'What is known of each number, as of its event with the highest seq; drift_id: it is broken now.'`,
  `create table incidents (
     id text primary key,
     kind text not null,
     partner_id uuid not null,
     connection_id uuid not null,
     phone_number text not null,
     codes text[] not null,
     detail text,
     since timestamptz not null,
     ended_at timestamptz,
     ended_as text
   )`,
  `create index incidents_open on incidents (id) where ended_at is null`,
  `comment on table incidents is 'What can be told of: drifts, and calls that failed.'`,
  `create table groups (
     receiver text not null,
     key text not null,
     labels jsonb not null,
     created_at timestamptz not null default now(),
     last_sent_at timestamptz,
     next_at timestamptz,
     held boolean not null default false,
     primary key (receiver, key)
   )`,
  `create index groups_due on groups (receiver, next_at) where next_at is not null`,
  `comment on table groups is 'What goes in one message; next_at: when to look at it again.'`,
  `create table notices (
     receiver text not null,
     incident_id text not null references incidents (id) on delete cascade,
     group_key text not null,
     step text not null check (step in ('waiting', 'told', 'ended')),
     due_at timestamptz not null,
     primary key (receiver, incident_id)
   )`,
  `create index notices_by_group on notices (receiver, group_key)`,
  `create index notices_by_incident on notices (incident_id)`,
  `comment on table notices is 'How far each receiver was told of an incident.'`,
  `create table outbox (
     id bigint generated always as identity primary key,
     message_id uuid not null unique default gen_random_uuid(),
     receiver text not null,
     message jsonb not null,
     created_at timestamptz not null default now(),
     attempts integer not null default 0,
     next_attempt_at timestamptz not null default now(),
     lease uuid,
     lease_until timestamptz,
     finished_at timestamptz,
     outcome text,
     last_error text
   )`,
  `create index outbox_unsent on outbox (receiver, id) where finished_at is null`,
  `create index outbox_finished on outbox (finished_at) where finished_at is not null`,
  `comment on table outbox is 'Messages in the order of each receiver; who holds the lease sends.'`,
  `create table receivers (name text primary key)`,
  `comment on table receivers is 'A row to lock: one replica at a time plans the messages of a receiver.'`,
];

export class Tables1764500000001 implements MigrationInterface {
  name = 'Tables1764500000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table receivers, outbox, notices, groups, incidents, numbers, handled_events');
  }
}
