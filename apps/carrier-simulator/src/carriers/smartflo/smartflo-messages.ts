import { asked, isOver, secondsOf, type Call, type Phase } from '../../world/call';
import { unsigned, type CarrierModel, type Message } from '../carrier-model';
import { readResolved } from '../documents';

const IST_MS = 5.5 * 3_600_000;
const stamp = (ms: number | null): string =>
  ms === null ? '' : new Date(ms + IST_MS).toISOString().replace('T', ' ').slice(0, 19);

const STATES: Readonly<Record<Phase, string>> = {
  queued: 'initiated',
  ringing: 'call received on server',
  in_progress: 'answered by customer',
  completed: 'answered',
  busy: 'missed',
  no_answer: 'missed',
  canceled: 'cancelled',
  failed: 'failed',
};

/** Q.850. */
const CAUSES: Readonly<Partial<Record<Phase, readonly [code: string, key: string]>>> = {
  completed: ['16', 'NORMAL_CLEARING'],
  busy: ['17', 'USER_BUSY'],
  no_answer: ['19', 'NO_ANSWER'],
  canceled: ['487', 'ORIGINATOR_CANCEL'],
  failed: ['41', 'NORMAL_TEMPORARY_FAILURE'],
};

/** The fields of a record, which are those of a webhook too. */
export const smartfloRecord = (call: Call, now: number): Readonly<Record<string, unknown>> => {
  const [code, key] = CAUSES[call.phase] ?? ['', ''];
  return {
    uuid: call.id,
    call_id: call.otherId,
    ref_id: call.id,
    call_to_number: call.to,
    caller_id_number: call.from,
    start_stamp: stamp(call.createdAt),
    answer_stamp: stamp(call.answeredAt),
    end_stamp: stamp(call.endedAt),
    duration: String(Math.round(((call.endedAt ?? now) - call.createdAt) / 1000)),
    billsec: String(secondsOf(call, now)),
    call_status: STATES[call.phase],
    direction: 'clicktocall',
    hangup_cause: key,
    hangupcause_code: code,
    hangupcause_key: key,
    recording_url: '',
    custom_identifier: asked(call, 'custom_identifier'),
  };
};

const resolve = (call: Call, url: string): Message => ({
  purpose: 'answer',
  method: 'POST',
  url,
  encoding: 'json',
  fields: {
    callId: call.otherId,
    fromNumber: call.from,
    toNumber: call.to,
    status: 'answered',
    custom_identifier: asked(call, 'custom_identifier'),
  },
  sign: unsigned,
  read: readResolved,
});

/** What Smartflo sends of a call: where to is set up in its portal, and nothing is signed. */
export const smartfloMessages: CarrierModel['messages'] = (call, { portal }) => {
  const resolver = call.phase === 'in_progress' ? portal.resolver_url : undefined;
  const { webhook_url: webhook } = portal;
  const at = call.endedAt ?? call.answeredAt ?? call.ringingAt ?? call.createdAt;
  const isTold = call.phase !== 'queued' && webhook !== undefined;
  return [
    ...(resolver === undefined ? [] : [resolve(call, resolver)]),
    ...(isTold
      ? [
          {
            purpose: 'status' as const,
            method: 'POST' as const,
            url: webhook,
            encoding: 'json' as const,
            fields: { ...smartfloRecord(call, at), ...(!isOver(call.phase) && { end_stamp: '' }) },
            sign: unsigned,
          },
        ]
      : []),
  ];
};
