import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { cloudEventAttributes, toCloudEvent } from './cloud-event';
import { ALL_EVENT_SCHEMAS, EVENT_SCHEMAS, titleOf } from './event-schemas';
import { type AnyLoggedEvent, EVENT_EXAMPLES, OUTBOUND_EVENT_TYPES, type OutboundEventType } from './events';
import { parseCloudEvent, type ParsedEvent, parseEvent } from './parse-event';

const ID = '0199f0e2-6f5e-7c3a-9d52-3f1c8e2b7a10';
const DETECTED = 'dialtone.drift.detected.v1';
const CONTESTED = 'dialtone.repairs.contested.v1';

const logged = (type: OutboundEventType): AnyLoggedEvent => {
  const data = EVENT_EXAMPLES[type];
  const did = 'key' in data && 'seq' in data ? { key: data.key, seq: data.seq } : { key: null, seq: null };
  const connection_id = 'connection_id' in data ? data.connection_id : null;
  return { event_id: ID, type, connection_id, ...did, data } as AnyLoggedEvent;
};
const headersOf = (type: OutboundEventType): Record<string, string> =>
  Object.fromEntries(
    Object.entries(cloudEventAttributes(logged(type))).map(([name, value]) => [
      name === 'datacontenttype' ? 'content-type' : `ce_${name}`,
      String(value),
    ]),
  );
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const parseData = (type: OutboundEventType, data: unknown): ParsedEvent => parseEvent(headersOf(type), bytes(data));
const without = (value: object, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

describe('parseEvent knows', () => {
  it.each(OUTBOUND_EVENT_TYPES)('%s', (type) => {
    const event: unknown = JSON.parse(JSON.stringify(toCloudEvent(logged(type))));
    expect(parseData(type, EVENT_EXAMPLES[type])).toEqual({ kind: 'known', event });
    expect(parseCloudEvent(event)).toEqual({ kind: 'known', event });
    expect(parseCloudEvent(bytes(event))).toEqual({ kind: 'known', event });
  });

  const headers = headersOf(DETECTED);
  const asBytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const);
  it.each([
    ['kafkajs, as bytes', Object.fromEntries(asBytes)],
    ['kafkajs, with several values of a header', { ...headers, ce_id: [Buffer.from(ID), 'another'] }],
    ['NestJS, as text', headers],
    ['pairs', asBytes],
    ['a map', new Map(asBytes)],
    ['librdkafka, a list of objects', asBytes.map(([name, value]) => ({ [name]: value }))],
    ['with headers of others, of any bytes', { ...Object.fromEntries(asBytes), other: Buffer.from([0xff]) }],
  ])('the headers of a client: %s', (_, given) => {
    expect(parseEvent(given, bytes(EVENT_EXAMPLES[DETECTED]))).toMatchObject({ kind: 'known', event: { id: ID } });
  });

  it.each([
    ['bytes', bytes(EVENT_EXAMPLES[DETECTED])],
    ['text', JSON.stringify(EVENT_EXAMPLES[DETECTED])],
    ['a plain view of bytes', new Uint8Array(bytes(EVENT_EXAMPLES[DETECTED]))],
    ['what a client has read of the JSON', EVENT_EXAMPLES[DETECTED]],
  ])('a value as %s', (_, value) => {
    expect(parseEvent(headers, value)).toMatchObject({ kind: 'known', event: { data: EVENT_EXAMPLES[DETECTED] } });
  });

  it('properties and values of open lists that a later version adds', () => {
    const contested = { ...EVENT_EXAMPLES[CONTESTED], kind: 'added_later', added_later: { deep: [1] } };
    expect(parseData(CONTESTED, contested)).toMatchObject({ kind: 'known', event: { data: contested } });
  });

  it('the trace of an event, and that it was sent once more', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const more = { ce_traceparent: traceparent, traceparent, ce_replayedat: '2026-11-22T10:00:00.000Z' };
    expect(parseEvent({ ...headers, ...more }, EVENT_EXAMPLES[DETECTED])).toMatchObject({
      event: { traceparent, replayedAt: '2026-11-22T10:00:00.000Z' },
    });
  });
});

describe('parseEvent tells as unknown, not as broken,', () => {
  it.each([
    ['dialtone.drift.detected.v2', DETECTED],
    ['dialtone.drift.detected.v10', DETECTED],
    ['dialtone.number.added.v1', null],
    ['com.example.other', null],
    ['constructor', null],
    // What others send to Dialtone, and it sends to none.
    ['dialtone.reconcile.requested.v1', null],
  ])('%s', (type, newerVersionOf) => {
    const headers = { ...headersOf(DETECTED), ce_type: Buffer.from(type) };
    expect(parseEvent(headers, Buffer.from([0xff]))).toEqual({ kind: 'unknown', type, id: ID, newerVersionOf });
  });
});

describe('parseEvent says where and why a record is broken', () => {
  const cases = OUTBOUND_EVENT_TYPES.flatMap((type) =>
    (EVENT_SCHEMAS[type].required ?? []).map((name) => [type, name] as const),
  );
  it.each(cases)('%s without %s', (type, name) => {
    const want = { kind: 'broken', path: `data.${name}`, reason: 'is missing' };
    expect(parseData(type, without(EVENT_EXAMPLES[type], name))).toEqual(want);
  });

  const good = headersOf(DETECTED);
  it.each([
    ['no headers at all', undefined, 'headers.ce_type', 'is missing'],
    ['no type', without(good, 'ce_type'), 'headers.ce_type', 'is missing'],
    ['a type that is no text', { ...good, ce_type: 7 }, 'headers.ce_type', 'expected text in UTF-8'],
    [
      'an id that is no UTF-8',
      { ...good, ce_id: Buffer.from([0xff, 0xfe]) },
      'headers.ce_id',
      'expected text in UTF-8',
    ],
    ['no id', without(good, 'ce_id'), 'headers.ce_id', 'is missing'],
    ['CloudEvents 0.3', { ...good, ce_specversion: '0.3' }, 'headers.ce_specversion', 'expected "1.0", got "0.3"'],
    ['a time that is none', { ...good, ce_time: 'today' }, 'headers.ce_time', 'expected date-time, got "today"'],
    [
      'a sequence that is none',
      { ...good, ce_sequence: '7' },
      'headers.ce_sequence',
      'expected a match of ^[0-9]{20}$, got "7"',
    ],
  ])('%s', (_, headers, path, reason) => {
    expect(parseEvent(headers, bytes(EVENT_EXAMPLES[DETECTED]))).toEqual({ kind: 'broken', path, reason });
  });

  const { action_items: items, ...rest } = EVENT_EXAMPLES[DETECTED];
  const detected = { ...rest, action_items: items };
  it.each([
    ['no value (a tombstone)', null, 'data', 'is missing: the record has no value'],
    ['bytes that are no UTF-8', Buffer.from([0xc3, 0x28]), 'data', 'expected text in UTF-8'],
    ['an empty value', Buffer.alloc(0), 'data', 'expected JSON'],
    ['half a JSON', bytes(detected).subarray(0, 40), 'data', 'expected JSON'],
    ['a JSON that is no object', bytes([detected]), 'data', 'expected object, got array'],
    ['null', bytes(null), 'data', 'expected object, got null'],
    ['a list ten million deep', '['.repeat(10_000_000), 'data', 'expected JSON'],
    [
      'a million lists in each other',
      `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`,
      'data',
      'expected object, got array',
    ],
    ['null for what is left out', bytes({ ...detected, bot_id: null }), 'data.bot_id', 'expected integer, got null'],
    ['a fraction', bytes({ ...detected, seq: 1.5 }), 'data.seq', 'expected integer, got 1.5'],
    ['a number that is too small', bytes({ ...detected, seq: 0 }), 'data.seq', 'expected at least 1, got 0'],
    ['an id that is no UUID', bytes({ ...detected, drift_id: 'x' }), 'data.drift_id', 'expected uuid, got "x"'],
    [
      'the same issue twice',
      bytes({ ...detected, issues: ['NO_BOT', 'NO_BOT'] }),
      'data.issues',
      'expected items that differ, got array',
    ],
    [
      'a part of a shared shape',
      bytes({ ...detected, action_items: [items[0], {}] }),
      'data.action_items[1].code',
      'is missing',
    ],
    [
      'a field by the name of a prototype',
      bytes({ ...detected, action_items: [{ code: 'NO_BOT', label: { toString: 1 } }] }),
      'data.action_items[0].label',
      'expected string, got object',
    ],
    [
      'a value outside of a closed list',
      bytes({ ...detected, state: `X${'Y'.repeat(99)}\n` }),
      'data.state',
      expect.stringMatching(/^expected one of READY, .*UNKNOWN, got "XY{59}…"$/) as string,
    ],
  ])('%s', (_, value, path, reason) => {
    expect(parseEvent(good, value)).toEqual({ kind: 'broken', path, reason });
  });

  it.each([
    ['text', '"x"', 'data', 'expected an object'],
    ['an event without attributes', '{}', 'headers.ce_type', 'is missing'],
    [
      'data that is text',
      JSON.stringify({ ...toCloudEvent(logged(DETECTED)), data: '{}' }),
      'data',
      'expected object, got text',
    ],
  ])('in structured mode: %s', (_, event, path, reason) => {
    expect(parseCloudEvent(event)).toEqual({ kind: 'broken', path, reason });
  });
});

describe('parseEvent', () => {
  const kinds: unknown = expect.stringMatching(/^(known|unknown|broken)$/);

  it('never throws, whatever it is given', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    const header = fc.oneof(
      fc.constantFrom(...Object.values(headersOf(DETECTED))),
      fc.uint8Array(),
      fc.string(),
      anything,
    );
    const headers = fc.record(Object.fromEntries(Object.keys(headersOf(DETECTED)).map((name) => [name, header])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.oneof(headers, anything), fc.oneof(anything, fc.uint8Array(), fc.json()), (some, value) => {
        expect(parseEvent(some, value)).toMatchObject({ kind: kinds });
        expect(parseEvent(headersOf(DETECTED), value)).toMatchObject({ kind: kinds });
        expect(parseCloudEvent(value)).toMatchObject({ kind: kinds });
      }),
    );
  });

  it('takes and refuses what a validator of JSON Schema does', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats(ajv);
    ajv.addSchema(ALL_EVENT_SCHEMAS, 'all');
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(null, 0, 1, 1.5, '', 'READY', 'NO_BOT', ID, '2026-11-21T10:00:00.000Z', '918011223344'),
      fc.constantFrom<unknown>(
        ['NO_BOT'],
        ['NO_BOT', 'NO_BOT'],
        [{ code: 'NO_BOT', label: 'x' }],
        [{ field: 'x', ours: null, theirs: 1 }],
      ),
    );
    const change = fc
      .constantFrom(...OUTBOUND_EVENT_TYPES)
      .chain((type) =>
        fc.tuple(fc.constant(type), fc.constantFrom(...Object.keys(EVENT_SCHEMAS[type].properties ?? {})), value),
      );
    fc.assert(
      fc.property(change, ([type, name, given]) => {
        const data = { ...EVENT_EXAMPLES[type], [name]: given };
        const valid = ajv.validate(`all#/$defs/${titleOf(type)}`, data);
        expect([type, name, parseData(type, data).kind]).toEqual([type, name, valid ? 'known' : 'broken']);
      }),
      { numRuns: 1_000 },
    );
  });
});
