import type { Account } from '../../world/account';
import { asked, isOver, secondsOf, type Call } from '../../world/call';
import type { CarrierModel, Message } from '../carrier-model';
import { readTwiml } from '../documents';
import { twilioSignature } from '../signatures';
import { TWILIO_STATES, twilioDate } from './twilio-words';

const signed =
  (account: Account, fields: Message['fields']): Message['sign'] =>
  ({ url }) => ({ 'x-twilio-signature': twilioSignature(account.credentials['auth_token'] ?? '', url, fields) });

const common = (call: Call, account: Account): Readonly<Record<string, string>> => ({
  CallSid: call.id,
  AccountSid: account.key,
  From: `+${call.from}`,
  To: `+${call.to}`,
  Direction: call.direction === 'inbound' ? 'inbound' : 'outbound-api',
  ApiVersion: '2010-04-01',
});

/** The name of what the call has come to among the events that a customer can ask for. */
const eventOf = ({ phase }: Call): string => {
  if (isOver(phase)) return 'completed';
  return { queued: 'initiated', ringing: 'ringing', in_progress: 'answered' }[
    phase as 'queued' | 'ringing' | 'in_progress'
  ];
};

/** Only what was asked for, and without a wish only the end. */
const isWanted = (call: Call): boolean => {
  const wanted = call.asked['StatusCallbackEvent'] ?? 'completed';
  return (Array.isArray(wanted) ? wanted : [wanted]).includes(eventOf(call));
};

const status = (call: Call, account: Account): readonly Message[] => {
  const url = asked(call, 'StatusCallback');
  if (url === '' || !isWanted(call)) return [];
  const at = call.endedAt ?? call.answeredAt ?? call.ringingAt ?? call.createdAt;
  const fields = {
    ...common(call, account),
    CallStatus: TWILIO_STATES[call.phase],
    Timestamp: twilioDate(at),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(call.sequence),
    ...(isOver(call.phase) && { CallDuration: String(secondsOf(call, at)) }),
  };
  const method = asked(call, 'StatusCallbackMethod') === 'GET' ? 'GET' : 'POST';
  return [{ purpose: 'status', method, url, encoding: 'form', fields, sign: signed(account, fields) }];
};

const answered = (call: Call, account: Account): readonly Message[] => {
  const url = asked(call, 'Url');
  if (call.phase !== 'in_progress' || url === '') return [];
  // A call to a number is answered by the document.
  const fields = { ...common(call, account), CallStatus: call.direction === 'inbound' ? 'ringing' : 'in-progress' };
  const method = asked(call, 'Method') === 'GET' ? 'GET' : 'POST';
  const sign = signed(account, method === 'POST' ? fields : {});
  return [{ purpose: 'answer', method, url, encoding: 'form', fields, sign, read: readTwiml }];
};

/** What Twilio sends of a call that has come to its phase. */
export const twilioMessages: CarrierModel['messages'] = (call, account) => [
  ...answered(call, account),
  ...status(call, account),
];
