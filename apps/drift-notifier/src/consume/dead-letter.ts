import { createHash } from 'node:crypto';
import { DEAD_LETTER_HEADERS, TOO_LARGE_HEADERS } from '@dialtone/contracts';
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
/** A topic takes a megabyte by default: a letter that it refused would block its partition. */
const MAX_BYTES = 900_000;

/** kafkajs may give inherited members (`constructor`) among the values of a header of that name. */
const bytesOnly = (headers: IHeaders | undefined): IHeaders =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, given]) => [
      name,
      ([given].flat() as readonly unknown[]).filter((one): one is Buffer => Buffer.isBuffer(one)),
    ]),
  );

const bytesOf = ({ key, value }: ReceivedRecord, headers: IHeaders): number =>
  Object.entries(headers).reduce(
    (sum, [name, values]) => sum + [values].flat().reduce((bytes, one) => bytes + name.length + (one?.length ?? 0), 0),
    (key?.length ?? 0) + (value?.length ?? 0),
  );

/**
 * The record as it came, with the reason and its place in headers: the names are those of Dialtone's own dead letters. Of one that is too
 * large for a letter its size and the hash of its value.
 */
export const deadLetterOf = (record: ReceivedRecord, reason: string, at: number): Message => {
  const why = {
    [DEAD_LETTER_HEADERS.reason]: reason.slice(0, MAX_REASON),
    [DEAD_LETTER_HEADERS.topic]: record.topic,
    [DEAD_LETTER_HEADERS.partition]: String(record.partition),
    [DEAD_LETTER_HEADERS.offset]: record.offset,
    [DEAD_LETTER_HEADERS.failedAt]: new Date(at).toISOString(),
  };
  const headers = bytesOnly(record.headers);
  const bytes = bytesOf(record, headers);
  if (bytes <= MAX_BYTES) return { key: record.key, value: record.value, headers: { ...headers, ...why } };
  const sha256 = createHash('sha256')
    .update(record.value ?? '')
    .digest('hex');
  const size = { [TOO_LARGE_HEADERS.bytes]: String(bytes), [TOO_LARGE_HEADERS.valueSha256]: sha256 };
  return { key: null, value: null, headers: { ...why, ...size } };
};
