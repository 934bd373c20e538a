import { DEAD_LETTER_HEADERS, MAX_REQUEST_BYTES, TOO_LARGE_HEADERS } from '@dialtone/contracts';
import { createHash } from 'node:crypto';
import type { IncomingRecord } from '../kafka-record';

export interface DeadLetter {
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers: NonNullable<IncomingRecord['headers']>;
}

/** Where a record was and why it is put aside. */
export interface DeadLetterReason {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

const REASON_LENGTH = 500;
/** A longer key is told by its length and hash, too. */
const KEY_BYTES = 512;

const lengthOf = (bytes: Buffer | string | null | undefined): number =>
  bytes === null || bytes === undefined ? 0 : Buffer.byteLength(bytes);

/**
 * The headers that a record really has. kafkajs collects them in an object, so a header by the name of one of its inherited
 * members (`__proto__`, `constructor`) comes with that member among its values.
 */
const headersOf = ({ headers }: IncomingRecord): readonly (readonly [string, readonly (Buffer | string)[]])[] =>
  Object.entries(headers ?? {}).map(([name, given]) => {
    const values = [given].flat() as readonly unknown[];
    return [name, values.filter((one): one is Buffer | string => Buffer.isBuffer(one) || typeof one === 'string')];
  });

/** Bytes of a record's key, value and headers. */
export const bytesOf = (record: IncomingRecord): number => {
  const ofHeaders = headersOf(record).map(([name, values]) =>
    values.reduce((sum, one) => sum + Buffer.byteLength(name) + lengthOf(one), 0),
  );
  return ofHeaders.reduce((sum, bytes) => sum + bytes, lengthOf(record.key) + lengthOf(record.value));
};

export const isTooLarge = (record: IncomingRecord): boolean => bytesOf(record) > MAX_REQUEST_BYTES;

/**
 * The letter for a record: as it was received, with the reason in headers. Of one that is too large only the key, the length
 * and the hash of its value: a letter must fit its topic, and repeats nothing that a stranger wants kept.
 */
export const deadLetterOf = (record: IncomingRecord, about: DeadLetterReason): DeadLetter => {
  const why = {
    [DEAD_LETTER_HEADERS.reason]: about.reason.slice(0, REASON_LENGTH),
    [DEAD_LETTER_HEADERS.topic]: about.topic,
    [DEAD_LETTER_HEADERS.partition]: String(about.partition),
    [DEAD_LETTER_HEADERS.offset]: about.offset,
    [DEAD_LETTER_HEADERS.failedAt]: new Date(about.at).toISOString(),
  };
  const key = record.key ?? null;
  if (!isTooLarge(record)) {
    return {
      key,
      value: record.value,
      headers: {
        ...Object.fromEntries(
          headersOf(record).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
        ),
        ...why,
      },
    };
  }
  const size = {
    [TOO_LARGE_HEADERS.bytes]: String(bytesOf(record)),
    [TOO_LARGE_HEADERS.valueSha256]: sha256Of(record.value ?? ''),
  };
  return { key: lengthOf(key) <= KEY_BYTES ? key : described(key ?? ''), value: null, headers: { ...why, ...size } };
};

const described = (key: Buffer | string): string => `${String(lengthOf(key))} bytes, sha256 ${sha256Of(key)}`;

const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
