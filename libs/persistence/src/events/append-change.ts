import type { NewEvent } from '@dialtone/contracts';
import type { HistoryEntry } from '@dialtone/engine';
import { currentTraceparent } from '@dialtone/tracing';
import { jsonArray, jsonTextArray, numberArray, textArray } from '../binary-arrays';
import { json, LOGGED, POSITIONED, type Queryable, WAKE_CHANNEL } from '../db';
import { sharedTexts } from './event-text';

/** An event with the trace that it belongs to; without one to that of what is under way. */
export type TracedEvent = NewEvent & { readonly traceparent?: string };

/** Names the trace of an event that is not that of what is under way, because several are told together. */
export const inTrace = (event: NewEvent, traceparent: string | null | undefined): TracedEvent =>
  traceparent === null || traceparent === undefined ? event : { ...event, traceparent };

/** What is told, and what is kept, of one change. */
export interface LoggedChange {
  readonly events?: readonly TracedEvent[];
  readonly history?: readonly HistoryEntry[];
}

/** Columns of a jsonb recordset of entries, as `toHistoryRows` makes it. */
export const HISTORY_ROW =
  'partner_id uuid, connection_id uuid, key text, kind text, actor text, manager text, request_id text, before jsonb, after jsonb';
export const HISTORY_COLUMNS = HISTORY_ROW.replaceAll(/(\w+) \w+/g, '$1');
const HISTORY_TYPES = HISTORY_ROW.split(', ').map((column) => column.slice(column.indexOf(' ') + 1));

type UnownedEntry = Omit<HistoryEntry, 'partnerId'> & Partial<Pick<HistoryEntry, 'partnerId'>>;

/** By the names of the columns. */
export const historyRow = ({ partnerId, connectionId, requestId, ...entry }: UnownedEntry): object => ({
  ...entry,
  partner_id: partnerId,
  connection_id: connectionId,
  request_id: requestId,
});

/** For a jsonb parameter. */
export const toHistoryRows = (entries: readonly HistoryEntry[]): string =>
  json(entries.map((entry, nth) => ({ nth, ...historyRow(entry) })));

/** How a change is written. What is not needed is not named: migrations that tell events run before there are traces and a history. */
interface Parts {
  readonly traced: boolean;
  readonly kept: boolean;
  readonly tells: Tells;
}

/** What a notification says: that anything may be due, or only that events were logged; `positioned`: with their positions. */
type Tells = 'anything' | 'logged' | 'positioned';

const statementOf = ({ traced, kept, tells }: Parts): string => {
  const positioned = tells === 'positioned';
  const column = traced ? ', traceparent' : '';
  const logged = `type, partner_id, connection_id, key, seq, data${column}`;
  return `
  with ${positioned ? `given as (select give_positions(cardinality($1::text[])) as base), ` : ''}logged as (
    insert into event_log (${positioned ? 'position, ' : ''}${logged})
    select ${positioned ? 'given.base + nth, ' : ''}${logged}
      from unnest($1::text[], $2::text[]::uuid[], $3::text[]::uuid[], $4::text[], $5::float8[]::bigint[], $6::jsonb[]${traced ? ', $7::text[]' : ''})
        with ordinality as e (${logged}, nth)${positioned ? ' cross join given' : ''}
     order by nth
  )${kept ? keptIn(traced ? 8 : 7) : ''}
  ${WAKE[tells]} where cardinality($1::text[]) > 0`;
};
/** Identifiers are sent as texts. */
const arrayOf = (parameter: string, type: string): string =>
  type === 'uuid' ? `${parameter}::text[]::uuid[]` : `${parameter}::${type}[]`;
const keptIn = (first: number): string => `, kept as (
    insert into history (${HISTORY_COLUMNS})
    select ${HISTORY_COLUMNS}
      from unnest(${HISTORY_TYPES.map((type, nth) => arrayOf(`$${String(first + nth)}`, type)).join(', ')})
        with ordinality as h (${HISTORY_COLUMNS}, nth)
     order by nth
  )`;
const WAKE: Readonly<Record<Tells, string>> = {
  anything: `select pg_notify('${WAKE_CHANNEL}', '')`,
  logged: `select pg_notify('${WAKE_CHANNEL}', '${LOGGED}')`,
  positioned: `select pg_notify('${WAKE_CHANNEL}', case when base is null then '${LOGGED}' else '${POSITIONED}' end) from given`,
};

/**
 * Transactional outbox and history: inserts both in the given order, in the transaction of their change and in one statement, and
 * wakes all processes at commit if there are events: the change may have made work due. The caller has locked each event's DID (or
 * connection), so that ids of one DID are in its order.
 */
export const appendChange = (db: Queryable, change: LoggedChange): Promise<void> => append(db, change, 'anything');

/** Fewer events are numbered by the sequencer, together with those of others. */
const MANY = 20;

/** The same of what makes no work due, or whose work has a wake-up of its own: wakes only who numbers events, and who reads them. */
export const appendTold = (db: Queryable, change: LoggedChange): Promise<void> => append(db, change, 'logged');

/**
 * The same as the last statement before the commit. Many events get their positions with it, in place of a second write of each: from
 * here on nobody else gives positions until the transaction ends, so it must not wait for anything any more.
 */
export const appendLast = (db: Queryable, change: LoggedChange): Promise<void> =>
  append(db, change, (change.events ?? []).length >= MANY ? 'positioned' : 'logged');

const append = async (db: Queryable, { events = [], history = [] }: LoggedChange, tells: Tells): Promise<void> => {
  if (events.length === 0 && history.length === 0) return;
  const current = currentTraceparent();
  const traces = events.map(({ traceparent }) => traceparent ?? current);
  const textOf = sharedTexts();
  const traced = traces.some((trace) => trace !== null);
  await db.query(statementOf({ traced, kept: history.length > 0, tells }), [
    textArray(events.map((event) => event.type)),
    textArray(events.map((event) => event.data.partner_id)),
    textArray(events.map((event) => event.connection_id)),
    textArray(events.map((event) => event.key)),
    numberArray(events.map((event) => event.seq)),
    jsonTextArray(events.map(textOf)),
    ...(traced ? [textArray(traces)] : []),
    ...(history.length === 0 ? [] : historyArrays(history)),
  ]);
};

/** In the order of the columns. */
const historyArrays = (entries: readonly HistoryEntry[]): readonly unknown[] => [
  textArray(entries.map(({ partnerId }) => partnerId)),
  textArray(entries.map(({ connectionId }) => connectionId)),
  textArray(entries.map(({ key }) => key)),
  textArray(entries.map(({ kind }) => kind)),
  textArray(entries.map(({ actor }) => actor)),
  textArray(entries.map(({ manager }) => manager)),
  textArray(entries.map(({ requestId }) => requestId)),
  jsonArray(entries.map(({ before }) => before)),
  jsonArray(entries.map(({ after }) => after)),
];
