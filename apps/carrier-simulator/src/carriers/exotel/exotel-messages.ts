import type { Account } from '../../world/account';
import { asked, isOver, secondsOf, type Call, type Phase } from '../../world/call';
import { unsigned, type CarrierModel, type Message } from '../carrier-model';
import { readResolved } from '../documents';

export const EXOTEL_STATES: Readonly<Record<Phase, string>> = {
  queued: 'queued',
  ringing: 'ringing',
  in_progress: 'in-progress',
  completed: 'completed',
  busy: 'busy',
  no_answer: 'no-answer',
  canceled: 'canceled',
  failed: 'failed',
};

const IST_MS = 5.5 * 3_600_000;

/** Indian time without a zone. */
export const exotelDate = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms + IST_MS).toISOString().replace('T', ' ').slice(0, 19);

const eventOf = ({ phase }: Call): string => {
  if (isOver(phase)) return 'terminal';
  return phase === 'in_progress' ? 'answered' : phase;
};

/** `StatusCallbackEvents[0]=terminal`, or the name without an index, repeated. */
const wantedBy = (call: Call): readonly unknown[] =>
  Object.entries(call.asked).flatMap(([name, value]): readonly unknown[] =>
    /^StatusCallbackEvents(\[\d*\])?$/.test(name) ? (Array.isArray(value) ? value : [value]) : [],
  );

const encodingOf = (account: Account): Message['encoding'] => {
  const { callback_encoding: wish } = account.portal;
  return wish === 'json' || wish === 'multipart' ? wish : 'form';
};

const status = (call: Call, account: Account): readonly Message[] => {
  const url = asked(call, 'StatusCallback');
  const wanted = wantedBy(call);
  const event = eventOf(call);
  if (url === '' || !(wanted.length === 0 ? event === 'terminal' : wanted.includes(event))) return [];
  const at = call.endedAt ?? call.answeredAt ?? call.createdAt;
  const fields = {
    CallSid: call.id,
    Status: EXOTEL_STATES[call.phase],
    RecordingUrl: '',
    DateUpdated: exotelDate(at),
    ...(wanted.length > 0 && {
      EventType: event,
      DateCreated: exotelDate(call.createdAt),
      To: asked(call, 'CallerId'),
      From: asked(call, 'From'),
      PhoneNumberSid: asked(call, 'CallerId'),
      StartTime: exotelDate(call.createdAt),
      EndTime: exotelDate(call.endedAt) ?? '',
      ConversationDuration: String(secondsOf(call, at)),
      Direction: 'outbound-api',
      CustomField: asked(call, 'CustomField'),
      'Legs[0][Status]': EXOTEL_STATES[call.phase],
      'Legs[0][OnCallDuration]': String(secondsOf(call, at)),
    }),
  };
  return [{ purpose: 'status', method: 'POST', url, encoding: encodingOf(account), fields, sign: unsigned }];
};

/** The flow's Voicebot applet may hold an address of the customer's server that names the media endpoint. */
const resolve = (call: Call, account: Account): readonly Message[] => {
  const { resolver_url: resolver } = account.portal;
  if (call.phase !== 'in_progress' || resolver === undefined || asked(call, 'StreamUrl') !== '') return [];
  const fields = {
    CallSid: call.id,
    CallFrom: asked(call, 'From'),
    CallTo: asked(call, 'CallerId'),
    Direction: 'outbound-dial',
    CustomField: asked(call, 'CustomField'),
  };
  return [
    {
      purpose: 'answer',
      method: 'GET',
      url: resolver,
      encoding: 'form',
      fields,
      sign: unsigned,
      read: readResolved,
    },
  ];
};

/** What Exotel sends of a call that has come to its phase. Nothing is signed. */
export const exotelMessages: CarrierModel['messages'] = (call, account) => [
  ...resolve(call, account),
  ...status(call, account),
];
