import {
  LISTS_ARE_CURRENT,
  type ConnectionId,
  type DidKey,
  type ListAge,
  type MadeWrite,
  type RecentWrites,
  type WriteEffect,
} from '@dialtone/domain';
import type { RecentWrite, WriteJournal, WriteTarget } from '../ports/journal';
import type { EngineSettings } from '../ports/settings';

export interface ListAgeDeps {
  readonly journal: Pick<WriteJournal, 'recent'>;
  readonly settings: Pick<EngineSettings, 'staleReadsMs'>;
}

/**
 * By what the age of lists is told, for one key or for all of a connection. To be asked for after the lists were read: a write
 * that was proven meanwhile counts, too.
 */
export const listAge = async (
  { journal, settings }: ListAgeDeps,
  connectionId: ConnectionId,
  key: DidKey | null,
  listedAt: number,
): Promise<ListAge> => {
  const { staleReadsMs: windowMs } = settings;
  if (windowMs === 0) return LISTS_ARE_CURRENT;
  return ageBy(await journal.recent(connectionId, listedAt - windowMs, key), listedAt, windowMs);
};

/** What the journal says of one number beside its lists. */
export interface KeyWrites {
  readonly age: ListAge;
  /** Of this number: at least those whose effect was proven after its stored verdict was observed, and those that `age` knows. */
  readonly made: readonly MadeWrite[];
}

/** As `listAge`, which is a part of it. */
export const keyWrites = async (
  { journal, settings: { staleReadsMs: windowMs } }: ListAgeDeps,
  connectionId: ConnectionId,
  key: DidKey,
  listedAt: number,
): Promise<KeyWrites> => {
  const since = listedAt - windowMs;
  const rows = await journal.recent(connectionId, since, key);
  const writes = recentWrites(rows);
  const made = writes.ofKey.get(key) ?? [];
  if (windowMs === 0) return { age: LISTS_ARE_CURRENT, made };
  // They are many while many numbers get their bots, and mostly all of them count.
  const isAll = rows.every((row) => isSince(row, since));
  return { age: isAll ? { windowMs, writes } : ageBy(rows, listedAt, windowMs), made };
};

const ageBy = (rows: readonly RecentWrite[], listedAt: number, windowMs: number): ListAge => ({
  windowMs,
  writes: recentWrites(rows.filter((row) => isSince(row, listedAt - windowMs))),
});

const isSince = ({ seenAt }: RecentWrite, since: number): boolean => seenAt === null || seenAt >= since;

/** The writes of ours that still tell what lists must show. Given the oldest first, as they are kept here. */
export const recentWrites = (rows: readonly RecentWrite[]): RecentWrites => {
  const requests = rows.filter(({ step }) => step === 'request');
  const made = rows
    .map((row) => (requests.some((request) => undoes(request, row)) ? null : madeBy(row)))
    .filter((one) => one !== null);
  const ofKey = Map.groupBy(
    made.filter(({ key }) => key !== null),
    ({ key }) => key as DidKey,
  );
  return { ofKey, ofBots: made.filter(({ effect }) => effect.kind === 'bot_made' || effect.kind === 'bot_activated') };
};

/** Rows that many numbers are told of are the same objects. */
const known = new WeakMap<RecentWrite, MadeWrite | null>();

const madeBy = (row: RecentWrite): MadeWrite | null => {
  const before = known.get(row);
  if (before !== undefined) return before;
  const effect = effectOf(row);
  const { key, startedAt, seenAt, state } = row;
  const made = effect && {
    key,
    effect,
    startedAt,
    seenAt,
    isSeenBySender: state === 'done',
    isInDoubt: state === 'unknown',
  };
  known.set(row, made);
  return made;
};

/** A later request of the partner may have changed the same record to anything. */
const undoes = (request: RecentWrite, write: RecentWrite): boolean => {
  if (request === write || request.startedAt < write.startedAt) return false;
  if (request.target === write.target) return !isCreate(request.target);
  return request.key !== null && request.key === write.key && kindOf(request.target) === kindOf(write.target);
};

const isCreate = (target: WriteTarget): boolean => target.includes('-create:');

/** `map`, `bot`, `routing` or `client`. */
const kindOf = (target: WriteTarget): string => target.slice(0, target.search(/[-:]/));

/** Of a passed-on request only that a bot was made: what else it asked for is in VoiceLink's words. */
export const effectOf = (write: Omit<RecentWrite, 'state'>): WriteEffect | null => {
  const { step, target } = write;
  if (target.startsWith('bot-create:')) return botMade(write);
  if (step === 'client_mapping')
    return { kind: 'mapped', didId: idIn(target), clientId: Number(write.body['client_id']) };
  if (step === 'ensure_bot') return { kind: 'bot_activated', botId: idIn(target) };
  return step === 'ensure_routing' || step === 'release' ? routed(write) : null;
};

const idIn = (target: WriteTarget): number => Number(target.slice(target.indexOf(':') + 1));

const botMade = ({ target, body, answer }: Pick<RecentWrite, 'target' | 'body' | 'answer'>): WriteEffect => ({
  kind: 'bot_made',
  clientId: idIn(target),
  botId: numberIn(answer?.['id']),
  name: textIn(body['bot_name']),
});

const routed = ({ target, body, answer }: Pick<RecentWrite, 'target' | 'body' | 'answer'>): WriteEffect => ({
  kind: 'routed',
  routingId: isCreate(target) ? numberIn(answer?.['id']) : idIn(target),
  isNew: isCreate(target),
  active: body['active'] === true,
  forOutboundCall: Number(body['forOutboundCall']),
  outboundBotId: numberIn(body['outboundBotId']),
  outboundTrunkId: numberIn(body['outboundTrunkId']),
});

const numberIn = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);
