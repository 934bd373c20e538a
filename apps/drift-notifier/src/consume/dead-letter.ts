import { DEAD_LETTER_HEADERS } from '@dialtone/contracts';
import type { IHeaders, Message } from 'kafkajs';

/** A record as it was received. */
export interface ReceivedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders | undefined;
}

const MAX_REASON = 500;

/** kafkajs may give inherited members (`constructor`) among the values of a header of that name. */
const bytesOnly = (headers: IHeaders | undefined): IHeaders =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, given]) => [
      name,
      ([given].flat() as readonly unknown[]).filter((one): one is Buffer => Buffer.isBuffer(one)),
    ]),
  );

/** The record as it came, with the reason and its place in headers: the names are those of Dialtone's own dead letters. */
export const deadLetterOf = (record: ReceivedRecord, reason: string, at: number): Message => ({
  key: record.key,
  value: record.value,
  headers: {
    ...bytesOnly(record.headers),
    [DEAD_LETTER_HEADERS.reason]: reason.slice(0, MAX_REASON),
    [DEAD_LETTER_HEADERS.topic]: record.topic,
    [DEAD_LETTER_HEADERS.partition]: String(record.partition),
    [DEAD_LETTER_HEADERS.offset]: record.offset,
    [DEAD_LETTER_HEADERS.failedAt]: new Date(at).toISOString(),
  },
});
