import * as fc from 'fast-check';
import { callbacksOf, CARRIER_NAMES, fieldsOf, type CarrierName, type HeardCall } from '../../src';
import { BASE, formRequest } from './signed';

const URL = `${BASE}/x/t/status?call=c1`;
const NOTHING: HeardCall = {
  state: 'pending',
  at: null,
  carrierId: null,
  callId: null,
  durationSeconds: null,
  reason: null,
};

const hear = (carrier: CarrierName, body: string, contentType = 'application/x-www-form-urlencoded') =>
  callbacksOf(carrier).hear(fieldsOf(formRequest(URL, body, { 'content-type': contentType })));
const hearForm = (carrier: CarrierName, form: Readonly<Record<string, string>>) =>
  hear(carrier, new URLSearchParams(form).toString());

describe('a callback is heard', () => {
  it.each<[CarrierName, Readonly<Record<string, string>>, Partial<HeardCall> | null]>([
    ['twilio', { CallSid: 'CA1', CallStatus: 'initiated' }, { state: 'pending', carrierId: 'CA1' }],
    ['twilio', { CallSid: 'CA1', CallStatus: 'ringing' }, { state: 'ringing', carrierId: 'CA1' }],
    [
      'twilio',
      { CallStatus: 'in-progress', Timestamp: 'Mon, 30 Nov 2026 08:00:00 +0000' },
      { state: 'in_progress', at: new Date('2026-11-30T08:00:00Z') },
    ],
    ['twilio', { CallStatus: 'completed', CallDuration: '12' }, { state: 'completed', durationSeconds: 12 }],
    ['twilio', { CallStatus: 'busy' }, { state: 'busy' }],
    ['twilio', { CallStatus: 'no-answer' }, { state: 'no_answer' }],
    ['twilio', { CallStatus: 'canceled' }, { state: 'canceled' }],
    [
      'twilio',
      { CallStatus: 'failed', ErrorCode: '32009', ErrorMessage: 'not registered' },
      { state: 'failed', reason: 'not registered' },
    ],
    ['twilio', { CallStatus: 'failed', SipResponseCode: '404' }, { state: 'failed', reason: '404' }],
    ['twilio', { CallStatus: 'dancing' }, null],
    ['twilio', {}, null],

    ['plivo', { CallUUID: 'u-1', CallStatus: 'ringing', Event: 'Ring' }, { state: 'ringing', carrierId: 'u-1' }],
    ['plivo', { Event: 'StartApp' }, { state: 'in_progress' }],
    [
      'plivo',
      { CallStatus: 'completed', Event: 'Hangup', Duration: '31', BillDuration: '60', HangupCause: 'NORMAL_CLEARING' },
      { state: 'completed', durationSeconds: 31 },
    ],
    [
      'plivo',
      { CallStatus: 'busy', HangupCauseName: 'Busy Line', HangupCauseCode: '3010', Duration: '0' },
      { state: 'busy', reason: 'Busy Line (3010)' },
    ],
    [
      'plivo',
      { CallStatus: 'completed', Event: 'Hangup', HangupCauseName: 'Invalid Answer XML', HangupCauseCode: '8011' },
      { state: 'failed', reason: 'Invalid Answer XML (8011)' },
    ],
    ['plivo', { CallStatus: 'timeout' }, { state: 'no_answer' }],
    ['plivo', { CallStatus: 'no-answer' }, { state: 'no_answer' }],
    ['plivo', { CallStatus: 'cancel' }, { state: 'canceled' }],
    ['plivo', { Event: 'Hangup', HangupCauseCode: '3010' }, { state: 'busy', reason: '(3010)' }],
    ['plivo', { Event: 'StartStream', StreamID: 's1' }, null],
    ['vobiz', { CallUUID: 'u-1', CallStatus: 'failed' }, { state: 'failed', carrierId: 'u-1' }],

    // What Exotel answers at once says no more than that the call was taken.
    ['exotel', { CallSid: 'e1', Status: 'in-progress' }, { state: 'pending', carrierId: 'e1' }],
    [
      'exotel',
      {
        CallSid: 'e1',
        EventType: 'answered',
        Status: 'in-progress',
        StartTime: '2026-11-30 13:30:00',
        CustomField: 'c1',
      },
      { state: 'in_progress', carrierId: 'e1', callId: 'c1', at: new Date('2026-11-30T08:00:00Z') },
    ],
    [
      'exotel',
      { EventType: 'terminal', Status: 'completed', ConversationDuration: '9', EndTime: '2026-11-30 13:30:09' },
      { state: 'completed', durationSeconds: 9, at: new Date('2026-11-30T08:00:09Z') },
    ],
    ['exotel', { Status: 'no-answer', EndTime: '1970-01-01 05:30:00' }, { state: 'no_answer' }],

    ['tata_smartflo', { call_status: 'received on server', ref_id: 'r1' }, { state: 'ringing', carrierId: 'r1' }],
    ['tata_smartflo', { call_status: 'answered by agent' }, { state: 'ringing' }],
    [
      'tata_smartflo',
      {
        $call_status: 'answered',
        $custom_identifier: 'c1',
        $answer_stamp: '2026-11-30 13:30:00',
        $end_stamp: '$end_stamp',
      },
      { state: 'in_progress', callId: 'c1', at: new Date('2026-11-30T08:00:00Z') },
    ],
    [
      'tata_smartflo',
      { call_status: 'answered', end_stamp: '2026-11-30 13:30:09', billsec: '9', hangup_cause: 'NORMAL_CLEARING' },
      { state: 'completed', durationSeconds: 9, at: new Date('2026-11-30T08:00:09Z'), reason: null },
    ],
    ['tata_smartflo', { call_status: 'missed' }, { state: 'no_answer' }],
    ['tata_smartflo', { hangupcause_code: '17' }, { state: 'busy' }],
    [
      'tata_smartflo',
      { answer_stamp: 'x', end_stamp: '2026-11-30 13:30:09' },
      { state: 'completed', at: new Date('2026-11-30T08:00:09Z') },
    ],
    ['tata_smartflo', { duration: '9' }, null],

    ['mcube', { callId: 'm1', dialStatus: 'CONNECTING' }, { state: 'pending', carrierId: 'm1' }],
    [
      'mcube',
      { callid: 'm1', refid: 'c1', dialstatus: 'ANSWER' },
      { state: 'in_progress', carrierId: 'm1', callId: 'c1' },
    ],
    [
      'mcube',
      { dialStatus: 'ANSWER', answeredTime: '2026-11-30 13:30:00', endTime: '2026-11-30 13:30:09' },
      { state: 'completed', durationSeconds: 9, at: new Date('2026-11-30T08:00:09Z') },
    ],
    ['mcube', { dialstatus: 'ANSWER', answeredtime: '13:30:00', endtime: '13:30:09' }, { state: 'completed' }],
    ['mcube', { dialStatus: 'ANSWER', endTime: '0000-00-00 00:00:00' }, { state: 'in_progress' }],
    ['mcube', { dialStatus: 'BUSY' }, { state: 'busy' }],
    ['mcube', { dialStatus: 'NoAnswer' }, { state: 'no_answer' }],
    ['mcube', { dialStatus: 'CANCEL' }, { state: 'canceled' }],
    ['mcube', { dialStatus: 'EXECUTIVE BUSY' }, { state: 'failed', reason: 'EXECUTIVE BUSY' }],
    ['mcube', { filename: 'x' }, null],

    ['sip', { call_sid: 'j1', call_status: 'early-media' }, { state: 'ringing', carrierId: 'j1' }],
    ['sip', { call_status: 'completed', duration: '9' }, { state: 'completed', durationSeconds: 9 }],
    ['sip', { call_status: 'failed', sip_status: '404' }, { state: 'failed', reason: 'SIP 404' }],
  ])('%s %j', (carrier, form, want) => {
    expect(hearForm(carrier, form)).toEqual(want === null ? null : { ...NOTHING, ...want });
    expect(hear(carrier, JSON.stringify(form), 'application/json')).toEqual(hearForm(carrier, form));
  });

  it('as multipart', () => {
    const part = (name: string, value: string) =>
      `--b_1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${part('CallSid', 'e1')}${part('Status', 'busy')}--b_1--\r\n`;
    for (const boundary of ['b_1', '"b_1"'])
      expect(hear('exotel', body, `multipart/form-data; boundary=${boundary}`)).toEqual({
        ...NOTHING,
        state: 'busy',
        carrierId: 'e1',
      });
  });

  it('of Smartflo below data or event', () => {
    for (const outer of ['data', 'event'])
      expect(hear('tata_smartflo', JSON.stringify({ [outer]: { call_status: 'missed', ref_id: 'r1' } }))).toMatchObject(
        {
          state: 'no_answer',
          carrierId: 'r1',
        },
      );
  });

  it('of the media gateway by the tag that it was given', () => {
    expect(hear('sip', JSON.stringify({ call_status: 'trying', tag: { call_id: 'c1' } }))).toMatchObject({
      callId: 'c1',
    });
  });

  it('with the first of fields that repeat, and those of the body before the query', () => {
    const request = formRequest(`${URL}&CallStatus=busy`, 'CallStatus=ringing&CallStatus=completed', {});
    expect(callbacksOf('twilio').hear(fieldsOf(request))?.state).toBe('ringing');
  });

  const types = [
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'multipart/form-data; boundary=(((',
    'text/plain',
    '',
  ];
  it('or not, whatever it says: nothing throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CARRIER_NAMES),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.constantFrom('null', '[]', '{"data":[1]}', '--x\r\n\r\n'),
        ),
        fc.constantFrom(...types),
        (carrier, body, type) => {
          const heard = hear(carrier, body, type);
          expect(heard === null || typeof heard.state === 'string').toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
