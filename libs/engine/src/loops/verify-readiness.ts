import type { TopicName } from '@dialtone/contracts';
import type { EventReplay, ToldNumber, ToldNumbers, ToldRecord, TopicReader } from '../ports/event-replay';

/** Record keys, in order. */
export interface TopicDifferences {
  /** Numbers in the database. */
  readonly numbers: number;
  /** Their events are logged, and will come. */
  readonly onTheirWay: number;
  /** Told, and without a record. */
  readonly missing: readonly string[];
  /** The last record says something else than the database. */
  readonly stale: readonly string[];
  /** A record of no number, or one that is no event. */
  readonly extra: readonly string[];
}

const PAGE = 5_000;
const TYPE = 'dialtone.readiness.changed.v1';
const TOPIC: TopicName = 'voicelink.readiness.v1';

const readNumbers = async (numbers: ToldNumbers): Promise<ReadonlyMap<string, ToldNumber>> => {
  const found = new Map<string, ToldNumber>();
  for (let after: string | null = null; ;) {
    const page: readonly ToldNumber[] = await numbers.read(after, PAGE);
    for (const number of page) found.set(number.recordKey, number);
    if (page.length < PAGE) return found;
    after = page.at(-1)?.recordKey ?? null;
  }
};

/** The record with the highest `seq` of each key: older ones may follow newer ones until compaction has run. */
const readRecords = async (topic: TopicReader): Promise<ReadonlyMap<string, ToldRecord | null>> => {
  const found = new Map<string, ToldRecord | null>();
  await topic.readAll(TOPIC, (recordKey, record) => {
    const known = found.get(recordKey);
    if ((record?.seq ?? 0) >= (known?.seq ?? 0)) found.set(recordKey, record);
  });
  return found;
};

/** A number without a verdict may never have been told of. */
const isUntold = ({ state, issues }: ToldNumber): boolean => state === 'UNKNOWN' && issues.length === 0;

const isSame = (number: ToldNumber, record: ToldRecord): boolean =>
  number.state === record.state && number.issues.join() === record.issues.join();

/**
 * Compares the compacted topic with what the database has told. Numbers change meanwhile, so the database is read first and the topic
 * last: a record behind the number's last event of then is a later one.
 */
export const verifyReadiness = async (deps: {
  readonly numbers: ToldNumbers;
  readonly log: Pick<EventReplay, 'undelivered'>;
  readonly topic: TopicReader;
  /** Name of the relays' cursor. */
  readonly name: string;
}): Promise<TopicDifferences> => {
  const numbers = await readNumbers(deps.numbers);
  const undelivered = await deps.log.undelivered(TYPE, `${deps.name}:${TOPIC}`);
  const records = await readRecords(deps.topic);
  const missing: string[] = [];
  const stale: string[] = [];
  const settled = [...numbers.values()].filter(({ recordKey }) => !undelivered.has(recordKey));
  for (const number of settled) {
    const record = records.get(number.recordKey);
    if (record === undefined) {
      if (!isUntold(number)) missing.push(number.recordKey);
    } else if (record === null || (record.seq <= number.eventSeq && !isSame(number, record))) {
      stale.push(number.recordKey);
    }
  }
  const extra = [...records.keys()].filter((recordKey) => !numbers.has(recordKey));
  return {
    numbers: numbers.size,
    onTheirWay: numbers.size - settled.length,
    missing: missing.sort(),
    stale: stale.sort(),
    extra: extra.sort(),
  };
};
