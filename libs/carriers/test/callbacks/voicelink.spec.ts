import { callbacksOf, fieldsOf, type HeardCall } from '../../src';
import { BASE } from './signed';

const hear = (body: object): HeardCall | null =>
  callbacksOf('voicelink').hear(
    fieldsOf({
      method: 'POST',
      url: `${BASE}/voicelink/t/status?call=c1`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
const AT = '2026-08-02T11:04:09.000+05:30';
const time = new Date('2026-08-02T05:34:09Z');

/** VoiceLink upstream notes, section 11. */
describe('an event of VoiceLink', () => {
  it.each<[string, object, Partial<HeardCall> | null]>([
    ['call.initiated', {}, { state: 'pending' }],
    ['call.ringing', {}, { state: 'ringing' }],
    ['call.answered', { answeredAt: AT }, { state: 'in_progress', at: time }],
    [
      'call.completed',
      { answeredAt: AT, endedAt: AT, durationSec: 7 },
      { state: 'completed', durationSeconds: 7, at: time },
    ],
    ['call.ended', { answeredAt: AT, durationSec: null }, { state: 'completed', durationSeconds: null }],
    [
      'call.completed',
      { status: 'failed', hangupCause: '38 - Network out of order', callStatus: 'NO ANSWER', answeredAt: null },
      { state: 'no_answer', reason: null },
    ],
    ['call.failed', { hangupCause: '17 - User busy' }, { state: 'busy' }],
    ['call.failed', { hangupCause: '19 - No answer' }, { state: 'no_answer' }],
    [
      'call.failed',
      { hangupCause: '38 - Network out of order' },
      { state: 'failed', reason: '38 - Network out of order' },
    ],
    ['call.ended', { callStatus: 'CANCEL' }, { state: 'canceled' }],
    ['call.dancing', {}, null],
  ])('%s %j is heard', (event, call, want) => {
    const timestamp = AT;
    const matcher: unknown = want === null ? null : expect.objectContaining(want);
    expect(hear({ event, timestamp, call })).toEqual(matcher);
    expect(hear({ event, timestamp, ...call })).toEqual(matcher);
  });

  it.each([{ call_id: 'c-1', outboundQueueId: 4401 }, JSON.stringify({ call_id: 'c-1' })])(
    'that hands %j back names our call',
    (customParameters) => {
      expect(hear({ event: 'call.ringing', call: { customParameters } })).toMatchObject({ callId: 'c-1' });
    },
  );

  it.each([{ event: 1 }, { event: 'call.ringing', call: 'text' }, { call: { customParameters: '{' } }, {}])(
    'of another form, %j, is no error',
    (body) => {
      expect(() => hear(body)).not.toThrow();
    },
  );
});
