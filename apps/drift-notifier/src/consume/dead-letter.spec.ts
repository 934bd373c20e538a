import { deadLetterOf, type ReceivedRecord } from './dead-letter';

const RECORD: ReceivedRecord = {
  topic: 'voicelink.drift.v1',
  partition: 2,
  offset: '17',
  key: Buffer.from('key'),
  value: Buffer.from([0xff, 0x00]),
  headers: { ce_id: Buffer.from('id'), constructor: [Object as unknown as Buffer, Buffer.from('given')] },
};
const WHY = {
  dlq_reason: 'data expected JSON',
  dlq_topic: 'voicelink.drift.v1',
  dlq_partition: '2',
  dlq_offset: '17',
  dlq_failed_at: '2026-11-21T10:00:00.000Z',
};
const letterOf = (record: ReceivedRecord) =>
  deadLetterOf(record, 'data expected JSON', Date.parse('2026-11-21T10:00:00Z'));

it('is the record as it came, with the reason and its place', () => {
  expect(letterOf(RECORD)).toEqual({
    key: RECORD.key,
    value: RECORD.value,
    headers: { ce_id: [Buffer.from('id')], constructor: [Buffer.from('given')], ...WHY },
  });
});

it('is small enough for its topic, whatever it is of', () => {
  const { key, value, headers } = letterOf({ ...RECORD, value: Buffer.alloc(1_000_000) });
  expect([key, value]).toEqual([null, null]);
  expect(headers).toMatchObject({ ...WHY, dlq_bytes: expect.stringMatching(/^10000\d\d$/) as string });
});
