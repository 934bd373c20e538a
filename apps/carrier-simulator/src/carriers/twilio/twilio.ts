import type { Account, PhoneNumber } from '../../world/account';
import { asked, secondsOf, type Call } from '../../world/call';
import { answer, changed, type Answer } from '../../wire/answer';
import { basicOf, digitsOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange } from '../carrier-model';
import { readTwiml } from '../documents';
import { twilioMessages } from './twilio-messages';
import { TWILIO_STATES, twilioDate } from './twilio-words';

const API = '/2010-04-01/Accounts/:account';

const fail: CarrierModel['fail'] = ({ status, message, code = CODES[status] ?? status * 100 }) =>
  answer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${String(code)}`, status });

/** The codes that a status has when nothing more is known. */
const CODES: Readonly<Record<number, number>> = { 400: 20001, 401: 20003, 403: 20003, 404: 20404, 429: 20429 };

const refuse = (code: number, message: string): Answer => fail({ status: 400, code, message });

const authenticate: CarrierModel['authenticate'] = ({ request, params, world }) => {
  const given = basicOf(request);
  const account = world.account('twilio', params['account'] ?? '');
  if (given === null || account?.credentials['auth_token'] !== given.password) return null;
  return given.user === account.key ? account : null;
};

const callRecord = (call: Call, account: Account, now: number): Readonly<Record<string, unknown>> => {
  const at = (ms: number | null): string | null => (ms === null ? null : twilioDate(ms));
  const isOver = call.endedAt !== null;
  return {
    sid: call.id,
    account_sid: account.key,
    parent_call_sid: null,
    to: `+${call.to}`,
    from: `+${call.from}`,
    phone_number_sid: account.numbers.find(({ number }) => number === call.from)?.id ?? null,
    status: TWILIO_STATES[call.phase],
    direction: 'outbound-api',
    api_version: '2010-04-01',
    date_created: at(call.createdAt),
    date_updated: at(call.endedAt ?? call.answeredAt ?? call.createdAt),
    start_time: at(call.answeredAt),
    end_time: at(call.endedAt),
    duration: isOver ? String(secondsOf(call, now)) : null,
    answered_by: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    uri: `/2010-04-01/Accounts/${account.key}/Calls/${call.id}.json`,
    subresource_uris: {},
  };
};

/** What is wrong with the wish for a call; null when nothing is. */
const wrongIn = ({ request, account }: Exchange): Answer | null => {
  const [to, from] = [textOf(request.body, 'To'), textOf(request.body, 'From')];
  if (to === '') return refuse(21201, "A 'To' phone number is required.");
  if (from === '') return refuse(21213, "A 'From' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(21211, `Invalid 'To' Phone Number: ${to}`);
  if (!account.numbers.some(({ number }) => `+${number}` === from))
    return refuse(21210, `Source phone number provided, ${from}, is not yet verified for your account.`);
  if (!['Url', 'Twiml', 'ApplicationSid'].some((name) => textOf(request.body, name) !== ''))
    return refuse(21205, "A 'Url', 'Twiml' or 'ApplicationSid' is required.");
  if (textOf(request.body, 'Twiml').length > 4000) return refuse(21205, "'Twiml' is longer than 4000 characters.");
  return null;
};

const place = (exchange: Exchange): Answer => {
  const { request, account, world, switchboard } = exchange;
  const wrong = wrongIn(exchange);
  if (wrong !== null) return wrong;
  const id = `CA${world.ids.hex()}`;
  const [to, from] = [digitsOf(textOf(request.body, 'To')), digitsOf(textOf(request.body, 'From'))];
  const call = switchboard.place(account, { id, otherId: id, to, from, asked: request.body, cause: null });
  return changed(201, callRecord(call, account, switchboard.now()), id);
};

const onCall =
  (work: (call: Call, exchange: Exchange) => Answer) =>
  (exchange: Exchange): Answer => {
    const { world, account, params, request } = exchange;
    const call = world.callOf(account, params['call'] ?? '');
    if (call !== undefined) return work(call, exchange);
    return fail({ status: 404, message: `The requested resource ${request.path} was not found` });
  };

const record = (call: Call, { account, switchboard }: Exchange): Answer =>
  answer(200, callRecord(call, account, switchboard.now()));

/** `canceled` ends what has not been answered, `completed` everything. */
const end = (call: Call, exchange: Exchange): Answer => {
  const status = textOf(exchange.request.body, 'Status');
  if (!['completed', 'canceled'].includes(status)) return refuse(21218, "Invalid 'Status'");
  if (status === 'canceled' && call.phase === 'in_progress') return record(call, exchange);
  const effect = exchange.switchboard.end(call);
  return { ...record(call, exchange), effect };
};

const numberRecord = ({ id, number, name, voice, pointsTo }: PhoneNumber, { key }: Account): object => ({
  sid: id,
  account_sid: key,
  friendly_name: name,
  phone_number: `+${number}`,
  capabilities: { voice, sms: false, mms: false, fax: false },
  voice_url: '',
  voice_method: 'POST',
  voice_application_sid: '',
  trunk_sid: null,
  status_callback: '',
  status: 'in-use',
  uri: `/2010-04-01/Accounts/${key}/IncomingPhoneNumbers/${id}.json`,
  ...pointsTo,
});

const numbers = ({ request, account }: Exchange): Answer => {
  const size = Math.min(1000, Math.max(1, Number(request.query.get('PageSize') ?? 50) || 50));
  const page = Math.max(0, Number(request.query.get('Page') ?? 0) || 0);
  const wanted = digitsOf(request.query.get('PhoneNumber') ?? '');
  const all = account.numbers.filter(({ number }) => number.includes(wanted));
  const rows = all.slice(page * size, (page + 1) * size);
  const uri = (nth: number): string => `${request.path}?PageSize=${String(size)}&Page=${String(nth)}`;
  return answer(200, {
    incoming_phone_numbers: rows.map((row) => numberRecord(row, account)),
    page,
    page_size: size,
    start: page * size,
    end: page * size + rows.length - 1,
    uri: uri(page),
    first_page_uri: uri(0),
    next_page_uri: (page + 1) * size < all.length ? uri(page + 1) : null,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
  });
};

/** By the names of the request, those of the record. */
const POINTERS = {
  VoiceUrl: 'voice_url',
  VoiceMethod: 'voice_method',
  StatusCallback: 'status_callback',
  StatusCallbackMethod: 'status_callback_method',
  VoiceApplicationSid: 'voice_application_sid',
  TrunkSid: 'trunk_sid',
} as const;

/** A number has a trunk or an application: setting one takes the other away. */
const RIVALS: Readonly<Record<string, string>> = {
  VoiceApplicationSid: 'trunk_sid',
  TrunkSid: 'voice_application_sid',
};
const SIDS: Readonly<Record<string, RegExp>> = {
  VoiceApplicationSid: /^(AP[\da-f]{32})?$/i,
  TrunkSid: /^(TK[\da-f]{32})?$/i,
};

const numberIn = ({ account, params }: Exchange): PhoneNumber | undefined =>
  account.numbers.find(({ id }) => id === params['number']);

const point = (exchange: Exchange): Answer => {
  const found = numberIn(exchange);
  if (found === undefined) return fail({ status: 404, message: 'The requested resource was not found' });
  const { body } = exchange.request;
  const sent = Object.entries(POINTERS).filter(([name]) => name in body);
  const odd = sent.find(([name]) => SIDS[name]?.test(textOf(body, name)) === false);
  if (odd !== undefined) return refuse(20001, `Invalid ${odd[0]}`);
  const gone = sent.flatMap(([name]) => (textOf(body, name) === '' ? [] : (RIVALS[name] ?? [])));
  found.pointsTo = {
    ...found.pointsTo,
    ...Object.fromEntries(gone.map((name) => [name, ''])),
    ...Object.fromEntries(sent.map(([name, kept]) => [kept, textOf(body, name)])),
  };
  return changed(200, numberRecord(found, exchange.account));
};

const showNumber = (exchange: Exchange): Answer => {
  const found = numberIn(exchange);
  if (found === undefined) return fail({ status: 404, message: 'The requested resource was not found' });
  return answer(200, numberRecord(found, exchange.account));
};

const account = ({ account: { key, isSuspended, credentials } }: Exchange): Answer =>
  answer(200, {
    sid: key,
    friendly_name: 'Simulated account',
    status: isSuspended ? 'suspended' : 'active',
    type: 'Full',
    auth_token: credentials['auth_token'],
    date_created: 'Thu, 01 Jan 2026 00:00:00 +0000',
    uri: `/2010-04-01/Accounts/${key}.json`,
  });

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'verify', method: 'GET', path: `${API}.json`, answer: account },
  { name: 'numbers.list', method: 'GET', path: `${API}/IncomingPhoneNumbers.json`, answer: numbers },
  { name: 'numbers.read', method: 'GET', path: `${API}/IncomingPhoneNumbers/:number.json`, answer: showNumber },
  { name: 'numbers.point', method: 'POST', path: `${API}/IncomingPhoneNumbers/:number.json`, answer: point },
  { name: 'calls.place', method: 'POST', path: `${API}/Calls.json`, answer: place },
  { name: 'calls.read', method: 'GET', path: `${API}/Calls/:call.json`, answer: onCall(record) },
  { name: 'calls.end', method: 'POST', path: `${API}/Calls/:call.json`, answer: onCall(end) },
];

/** A trunk or an application wins over the URL; neither is imitated. */
const inboundOf: CarrierModel['inboundOf'] = ({ pointsTo }) => {
  const set = (name: string): boolean => (pointsTo[name] ?? '') !== '';
  if (!set('voice_url') || set('trunk_sid') || set('voice_application_sid')) return null;
  return {
    Url: pointsTo['voice_url'] ?? '',
    Method: pointsTo['voice_method'] ?? 'POST',
    StatusCallback: pointsTo['status_callback'] ?? '',
  };
};

export const twilio: CarrierModel = {
  provider: 'twilio',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly: (message) => answer(200, { code: 20001, message, status: 400 }),
  messages: twilioMessages,
  inboundOf,
  handoverIn: (call) => (asked(call, 'Url') === '' ? readTwiml(asked(call, 'Twiml')) : null),
};
