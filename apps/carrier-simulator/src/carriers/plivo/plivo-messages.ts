import type { Account } from '../../world/account';
import { asked, isOver, secondsOf, type Call } from '../../world/call';
import type { World } from '../../world/world';
import type { CarrierModel, Message } from '../carrier-model';
import { readStreamXml } from '../documents';
import { plivoSignature } from '../signatures';
import { hangUpOf, PLIVO_STATES, plivoDate } from './plivo-words';

/** Signs one message of Plivo or Vobiz. */
export type Sign = (
  account: Account,
  world: World,
  message: Pick<Message, 'method' | 'url' | 'fields'>,
) => Readonly<Record<string, string>>;

const EVENTS = { ringing: 'Ring', in_progress: 'StartApp' } as const;

const fieldsOf = (call: Call): Readonly<Record<string, string>> => ({
  CallUUID: call.id,
  ALegUUID: call.id,
  ALegRequestUUID: call.id,
  From: call.from,
  To: call.to,
  Direction: call.direction,
  CallStatus: PLIVO_STATES[call.phase],
  Event: isOver(call.phase) ? 'Hangup' : EVENTS[call.phase as 'ringing' | 'in_progress'],
  ...(isOver(call.phase) && ended(call)),
});

const ended = (call: Call): Readonly<Record<string, string>> => {
  const seconds = String(secondsOf(call, call.endedAt ?? call.createdAt));
  const { code, name, source } = hangUpOf(call);
  return {
    HangupCause: call.phase === 'completed' ? 'NORMAL_CLEARING' : name.toUpperCase().replaceAll(' ', '_'),
    HangupCauseCode: String(code),
    HangupCauseName: name,
    HangupSource: source,
    Duration: seconds,
    BillDuration: seconds,
    TotalCost: '0.00000',
    StartTime: plivoDate(call.createdAt) ?? '',
    AnswerTime: plivoDate(call.answeredAt) ?? '',
    EndTime: plivoDate(call.endedAt) ?? '',
  };
};

/** Which of the URLs of the request is told of the phase. */
const NAMES = { ringing: 'ring', in_progress: 'answer' } as const;

/** What Plivo and Vobiz send of a call that has come to its phase: one request to one URL, which also is the event. */
export const messagesSignedBy =
  (sign: Sign): CarrierModel['messages'] =>
  (call, account, world) => {
    if (call.phase === 'queued') return [];
    const name = isOver(call.phase) ? 'hangup' : NAMES[call.phase as 'ringing' | 'in_progress'];
    const url = asked(call, `${name}_url`);
    if (url === '') return [];
    const method = asked(call, `${name}_method`).toUpperCase() === 'GET' ? 'GET' : 'POST';
    const fields = fieldsOf(call);
    return [
      {
        purpose: name === 'answer' ? 'answer' : 'status',
        method,
        url,
        encoding: 'form',
        fields,
        sign: ({ url: sent }) => sign(account, world, { method, url: sent, fields }),
        ...(name === 'answer' && { read: readStreamXml }),
      },
    ];
  };

export const plivoMessages = messagesSignedBy((account, world, { method, url, fields }) => {
  const nonce = world.ids.digits(20);
  const token = account.credentials['auth_token'] ?? '';
  const signature = plivoSignature(token, nonce, { method, url, form: fields });
  return { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
});
