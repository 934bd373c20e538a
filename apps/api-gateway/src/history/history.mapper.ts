import type { HistoryRecord, Statement } from '@dialtone/engine';
import type { Fields } from '../http/errors/envelope';
import type { HistoryEntryDto, StatementDto } from './history.dto';

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export const toEntry = (record: HistoryRecord): Fields<HistoryEntryDto> => ({
  id: record.id,
  at: iso(record.at),
  kind: record.kind,
  connection_id: record.connectionId,
  key: record.key,
  actor: record.actor,
  manager: record.manager,
  request_id: record.requestId,
  before: record.before,
  after: record.after,
  outcomes: record.outcomes.map(({ outcome, at }) => ({ outcome, at: iso(at) })),
  answer: record.answer,
});

/** Selects the entries of one moment. */
const linkTo = ({ at, key, kind, connectionId }: HistoryRecord): string => {
  const path = key === null ? '/api/v2/voicelink/history' : `/api/v2/voicelink/bindings/${key}/history`;
  const query = new URLSearchParams({ kind, from: iso(at), to: iso(at + 1) });
  if (connectionId !== null) query.set('connection_id', connectionId);
  return `${path}?${query.toString()}`;
};

export const toStatement = ({ topic, text, entries }: Statement): Fields<StatementDto> => ({
  topic,
  text,
  entries: entries.map(linkTo),
});
