import { EVENT_EXAMPLES, parseEvent, RECORD_HEADERS, toCloudEvent } from '@dialtone/contracts';
import { connectionEvent, didEvent } from '@dialtone/messaging/testing';
import { fromKafkaRecord, headerOf, type IncomingRecord, toKafkaRecord } from './kafka-record';

const CONNECTION = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const event = didEvent({ connectionId: CONNECTION, key: '918011223344', seq: 7 });

/** As kafkajs hands it over: everything is bytes. */
const asReceived = (record: ReturnType<typeof toKafkaRecord>): IncomingRecord => ({
  key: Buffer.from(record.key),
  value: Buffer.from(record.value),
  headers: Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)])),
});

describe('toKafkaRecord', () => {
  it('writes an event of a DID as a CloudEvent in binary mode', () => {
    const record = toKafkaRecord(event);
    expect({ ...record, value: JSON.parse(record.value) as unknown }).toEqual({
      topic: 'voicelink.drift.v1',
      key: `${CONNECTION}/918011223344`,
      value: event.data,
      headers: {
        ce_id: event.event_id,
        ce_specversion: '1.0',
        ce_type: 'dialtone.drift.detected.v1',
        ce_source: `/voicelink/connections/${CONNECTION}`,
        ce_subject: '+918011223344',
        ce_time: EVENT_EXAMPLES['dialtone.drift.detected.v1'].occurred_at,
        ce_dataschema: 'urn:dialtone:event:dialtone.drift.detected.v1',
        ce_sequence: '00000000000000000007',
        'content-type': 'application/json',
      },
    });
  });

  it('names the trace that made the event true, and no trace when there is none', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { headers, ...record } = toKafkaRecord({ ...event, traceparent });
    expect(headers).toMatchObject({ ce_traceparent: traceparent, traceparent });
    const { headers: plain, ...without } = toKafkaRecord(event);
    expect(record).toEqual(without);
    expect(Object.keys(headers)).toEqual(
      expect.arrayContaining([...Object.keys(plain), 'ce_traceparent', 'traceparent']),
    );
    expect(JSON.stringify(plain)).not.toContain('traceparent');
  });

  it('keys an event of a connection by the connection, without subject and sequence', () => {
    const record = toKafkaRecord(connectionEvent(CONNECTION));
    expect(record.key).toBe(CONNECTION);
    expect(Object.keys(record.headers)).not.toEqual(expect.arrayContaining(['ce_subject']));
    expect(Object.keys(record.headers)).not.toEqual(expect.arrayContaining(['ce_sequence']));
  });

  it.each([event, connectionEvent(CONNECTION)])(
    'writes what the parser of the published contracts knows',
    (written) => {
      const { headers, value } = asReceived(toKafkaRecord(written));
      expect(parseEvent(headers, value)).toEqual({ kind: 'known', event: toCloudEvent(written) });
    },
  );

  it('refuses a type that this version does not know', () => {
    const later = { ...event, type: 'dialtone.drift.detected.v9' } as unknown as typeof event;
    expect(() => toKafkaRecord(later)).toThrow(/unknown type: dialtone.drift.detected.v9/);
  });
});

describe('fromKafkaRecord', () => {
  it.each([event, connectionEvent(CONNECTION)])('gives back what was written', (written) => {
    expect(fromKafkaRecord(asReceived(toKafkaRecord(written)))).toEqual({ ok: true, event: written });
  });

  const good = asReceived(toKafkaRecord(event));
  it.each([
    { name: 'no type', record: { ...good, headers: {} }, reason: /ce_type: missing/ },
    {
      name: 'an inbound type',
      record: { ...good, headers: { ce_type: 'dialtone.reconcile.requested.v1' } },
      reason: /ce_type/,
    },
    { name: 'no id', record: { ...good, headers: { ce_type: event.type } }, reason: /ce_id is missing/ },
    { name: 'a tombstone', record: { ...good, value: null }, reason: /not event data/ },
    { name: 'no JSON', record: { ...good, value: Buffer.from('{') }, reason: /not event data/ },
    { name: 'a JSON array', record: { ...good, value: '[]' }, reason: /not event data/ },
  ])('refuses $name', ({ record, reason }) => {
    const decoded = fromKafkaRecord(record);
    expect(decoded).toEqual({ ok: false, reason: expect.stringMatching(reason) as string });
  });
});

describe('headerOf', () => {
  it('takes the first of several values', () => {
    expect(headerOf({ headers: { [RECORD_HEADERS.id]: [Buffer.from('a'), 'b'] } }, RECORD_HEADERS.id)).toBe('a');
    expect(headerOf({}, RECORD_HEADERS.id)).toBeNull();
  });
});
