import { type TailedRecord, tailTopic } from '../src';
import { eventually, silentLogger } from './real-time';

/** Reads topics from their beginning until `enough` says so (or a minute has passed: rejects). Per-partition order is kept. */
export const readTopics = async (input: {
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly wanted: (record: TailedRecord) => boolean;
  readonly enough: (records: readonly TailedRecord[]) => boolean;
}): Promise<readonly TailedRecord[]> => {
  const records: TailedRecord[] = [];
  const done = new AbortController();
  const tails = input.topics.map((topic) =>
    tailTopic({
      connection: { brokers: input.brokers, clientId: 'test-reader' },
      logger: silentLogger,
      topic,
      fromBeginning: true,
      signal: done.signal,
      onRecord: (record) => {
        if (input.wanted(record)) records.push(record);
      },
    }),
  );
  try {
    // A tail that fails ends the wait; one that goes on never wins the race.
    await Promise.race([eventually('enough records', () => input.enough(records)), ...tails]);
  } finally {
    done.abort();
    await Promise.allSettled(tails);
  }
  return records;
};
