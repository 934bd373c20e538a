import type { PhoneNumber } from '../../world/account';
import { asked, secondsOf, type Call } from '../../world/call';
import { answer, changed, type Answer } from '../../wire/answer';
import { basicOf, digitsOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange } from '../carrier-model';
import { exotelDate, EXOTEL_STATES, exotelMessages } from './exotel-messages';

const V1 = '/v1/Accounts/:account';
const V2 = '/v2_beta/Accounts/:account';
const PAGE = 50;

const fail: CarrierModel['fail'] = ({ status, message, code = status * 10 }) =>
  answer(status, { RestException: { Status: status, Message: message, Code: code } });

const authenticate: CarrierModel['authenticate'] = ({ request, params, world }) => {
  const given = basicOf(request);
  const account = world.account('exotel', params['account'] ?? '');
  if (given === null || account === undefined) return null;
  const { api_key: key, api_token: token } = account.credentials;
  return given.user === key && given.password === token ? account : null;
};

/** The number as Exotel lists it: the old national form for every second one. */
const exophone = ({ number }: PhoneNumber, nth: number): string =>
  nth % 2 === 0 ? `+${number}` : `0${number.slice(2)}`;

/** The customer and the caller id in digits with the country code, whichever form was sent. */
const withCountry = (number: string): string => {
  const digits = digitsOf(number);
  return /^0\d{10}$/.test(digits) ? `91${digits.slice(1)}` : digits;
};

const balance = ({ account }: Exchange): Answer =>
  account.isSuspended
    ? fail({ status: 403, message: 'Account suspended' })
    : answer(200, { Balance: { AccountSid: account.key, Balance: '2500.00', Currency: 'INR' } });

const numbers = ({ request, account }: Exchange): Answer => {
  const page = Math.max(0, Number(request.query.get('Page') ?? 0) || 0);
  const all = account.numbers.map((one, nth) => ({ one, shown: exophone(one, nth) }));
  const uri = (nth: number): string => `?Page=${String(nth)}&PageSize=${String(PAGE)}`;
  return answer(200, {
    page,
    page_size: PAGE,
    uri: uri(page),
    first_page_uri: uri(0),
    next_page_uri: (page + 1) * PAGE < all.length ? uri(page + 1) : null,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
    incoming_phone_numbers: all.slice(page * PAGE, (page + 1) * PAGE).map(({ one, shown }) => ({
      sid: one.id,
      phone_number: shown,
      friendly_name: one.name,
      capabilities: { voice: one.voice, sms: false },
      voice_url: '',
      sms_url: '',
      ...one.pointsTo,
    })),
  });
};

const point = ({ account, params, request }: Exchange): Answer => {
  const found = account.numbers.find(({ id }) => id === params['number']);
  if (found === undefined) return fail({ status: 404, message: 'ExoPhone not found' });
  found.pointsTo = { voice_url: textOf(request.body, 'VoiceUrl') };
  return changed(200, { sid: found.id, ...found.pointsTo });
};

const record = (call: Call, status: string, now: number): object => ({
  Call: {
    Sid: call.id,
    ParentCallSid: null,
    DateCreated: exotelDate(call.createdAt),
    DateUpdated: exotelDate(call.endedAt ?? call.answeredAt ?? call.createdAt),
    AccountSid: call.accountKey,
    To: asked(call, 'CallerId'),
    From: asked(call, 'From'),
    PhoneNumberSid: asked(call, 'CallerId'),
    Status: status,
    StartTime: exotelDate(call.createdAt),
    EndTime: exotelDate(call.endedAt),
    Duration: call.endedAt === null ? null : String(secondsOf(call, now)),
    Price: null,
    Direction: 'outbound-api',
    AnsweredBy: call.answeredAt === null ? null : 'human',
    RecordingUrl: null,
    CustomField: asked(call, 'CustomField'),
    Uri: `/v1/Accounts/${call.accountKey}/Calls/${call.id}.json`,
  },
});

const wrongIn = ({ request, account, world }: Exchange): Answer | null => {
  const { body } = request;
  const missing = ['From', 'CallerId'].find((name) => textOf(body, name) === '');
  if (missing !== undefined) return fail({ status: 400, message: `Mandatory parameter missing: ${missing}` });
  if (textOf(body, 'Url') === '' && textOf(body, 'StreamUrl') === '')
    return fail({ status: 400, message: 'Either StreamUrl or Url is mandatory' });
  const caller = withCountry(textOf(body, 'CallerId'));
  if (!account.numbers.some(({ number }) => number === caller))
    return fail({ status: 400, message: 'CallerId is not an ExoPhone of this account' });
  if (world.liveCalls(account).length >= Number(account.portal.concurrency ?? Infinity))
    return fail({ status: 429, message: 'Too many concurrent calls' });
  return null;
};

const place = (exchange: Exchange): Answer => {
  const { request, account, world, switchboard } = exchange;
  const wrong = wrongIn(exchange);
  if (wrong !== null) return wrong;
  const id = world.ids.hex();
  const [to, from] = [withCountry(textOf(request.body, 'From')), withCountry(textOf(request.body, 'CallerId'))];
  const call = switchboard.place(account, { id, otherId: id, to, from, asked: request.body, cause: null });
  // Exotel says so at once, although nothing rings yet.
  return changed(200, record(call, 'in-progress', switchboard.now()), id);
};

const read = ({ world, account, params, switchboard }: Exchange): Answer => {
  const call = world.callOf(account, params['call'] ?? '');
  if (call === undefined) return fail({ status: 404, message: 'Call not found' });
  return answer(200, record(call, EXOTEL_STATES[call.phase], switchboard.now()));
};

const list = ({ account, world, switchboard }: Exchange): Answer =>
  answer(200, {
    Metadata: { Total: world.calls.length, PageSize: 1 },
    Calls: world.liveCalls(account).map((call) => record(call, EXOTEL_STATES[call.phase], switchboard.now())),
  });

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'verify', method: 'GET', path: `${V1}/Balance.json`, answer: balance },
  { name: 'calls.list', method: 'GET', path: `${V1}/Calls.json`, answer: list },
  { name: 'numbers.list', method: 'GET', path: `${V2}/IncomingPhoneNumbers`, answer: numbers },
  { name: 'numbers.point', method: 'PUT', path: `${V2}/IncomingPhoneNumbers/:number`, answer: point },
  { name: 'calls.place', method: 'POST', path: `${V1}/Calls/connect.json`, answer: place },
  { name: 'calls.read', method: 'GET', path: `${V1}/Calls/:call.json`, answer: read },
];

export const exotel: CarrierModel = {
  provider: 'exotel',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly: (message) => answer(200, { RestException: { Status: 400, Message: message, Code: 4000 } }),
  messages: exotelMessages,
  handoverIn: (call) => {
    const url = asked(call, 'StreamUrl');
    return url === '' ? null : { mediaUrl: url, parameters: {} };
  },
};
