import type { Receiver } from '../settings/receivers';
import { isWanted } from '../core/incident';
import type { Database } from './database';
import { incidentOf, type IncidentRow } from './incident-row';
import { announce } from './notices';

const KNOW = `insert into receivers (name) values ($1) on conflict (name) do nothing`;
const STRANGERS = `
  select name from (select name from receivers union select receiver from groups) known where not (name = any($1))`;
const OPEN_WITHOUT = `
  select i.* from incidents i
   where i.ended_at is null and not exists
     (select 1 from notices n where n.incident_id = i.id and n.receiver = $1) order by i.id`;
/** Of receivers that are not configured any more. */
const LEAVE = [
  `delete from notices where receiver = any($1)`,
  `delete from groups where receiver = any($1)`,
  `update outbox set finished_at = now(), outcome = 'receiver_removed' where receiver = any($1) and finished_at is null`,
  `delete from receivers where name = any($1)`,
];

/**
 * A receiver that is new hears of what is broken, and one that is gone is forgotten. Not at the start alone: while a release is rolled out,
 * replicas with the receivers of before take events in.
 */
export const adoptReceivers = (database: Database, receivers: readonly Receiver[]): Promise<void> =>
  database.transact(async (session) => {
    const gone = await session.rows<{ readonly name: string }>(STRANGERS, [receivers.map(({ name }) => name)]);
    if (gone.length > 0) for (const sql of LEAVE) await session.run(sql, [gone.map(({ name }) => name)]);
    for (const receiver of receivers) {
      await session.run(KNOW, [receiver.name]);
      const open = await session.rows<IncidentRow>(OPEN_WITHOUT, [receiver.name]);
      for (const incident of open.map(incidentOf).filter((one) => isWanted(receiver.filter, one)))
        await announce(session, incident, [receiver]);
    }
  });

/** At the start: the times of receivers may be others than before. */
export const wakeGroups = (database: Database): Promise<number> =>
  database.alone((session) => session.run('update groups set next_at = now()'));

const BATCH = 5_000;
const OLD = [
  `delete from handled_events where id in
     (select id from handled_events where handled_at < now() - make_interval(days => $1) limit ${String(BATCH)})`,
  `delete from outbox where id in
     (select id from outbox where finished_at < now() - make_interval(days => $1) limit ${String(BATCH)})`,
  `delete from incidents where id in
     (select i.id from incidents i where i.ended_at < now() - make_interval(days => $1)
        and not exists (select 1 from notices n where n.incident_id = i.id) limit ${String(BATCH)})`,
];

/** True when there may be more to delete. */
export const deleteOld = (database: Database, days: number): Promise<boolean> =>
  database.alone(async (session) => {
    const counts: number[] = [];
    for (const sql of OLD) counts.push(await session.run(sql, [days]));
    return counts.some((count) => count === BATCH);
  });
