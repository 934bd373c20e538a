import type { Account, PhoneNumber } from '../../world/account';
import { isOver } from '../../world/call';
import { answer, changed, type Answer } from '../../wire/answer';
import { digitsOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange } from '../carrier-model';
import { applicationEndpoints, urlsOf } from '../plivo/applications';
import { callEndpoints, detailRecord } from '../plivo/plivo-calls';
import { messagesSignedBy } from '../plivo/plivo-messages';
import { vobizSignature } from '../signatures';

const ROOT = '/api/v1/Account/:account';

const fail: CarrierModel['fail'] = ({ status, message, code = CODES[status] ?? 'ERROR' }) =>
  answer(status, {
    status: 'error',
    error: { code, message, details: null },
    timestamp: new Date(0).toISOString(),
    requestId: '5d7a1c52-0000-4000-8000-000000000001',
  });

const CODES: Readonly<Record<number, string>> = {
  400: 'VALIDATION_ERROR',
  401: 'UNAUTHORIZED',
  402: 'INSUFFICIENT_BALANCE',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
};

/** By headers; the account of the path must be theirs. */
const authenticate: CarrierModel['authenticate'] = ({ request, params, world }) => {
  const account = world.account('vobiz', request.headers['x-auth-id'] ?? '');
  if (account === undefined || account.credentials['auth_token'] !== request.headers['x-auth-token']) return null;
  return (params['account'] ?? account.key) === account.key ? account : null;
};

const me = ({ account: { key, isSuspended, credentials } }: Exchange): Answer =>
  answer(200, {
    auth_id: key,
    auth_secret: credentials['auth_token'],
    name: 'Simulated account',
    enabled: !isSuspended,
    is_active: !isSuspended,
    is_verified: true,
    cps_limit: 2,
    concurrent_calls_limit: 10,
  });

const row = ({ id, number, voice, pointsTo }: PhoneNumber, { key }: Account): object => ({
  id,
  account_id: key,
  e164: `+${number}`,
  country: 'IN',
  region: 'Karnataka',
  capabilities: { voice, sms: false },
  status: 'active',
  application_id: null,
  trunk_group_id: null,
  voice_enabled: voice,
  is_blocked: false,
  ...pointsTo,
});

const numbers = ({ request, account }: Exchange): Answer => {
  const perPage = Math.min(100, Math.max(1, Number(request.query.get('per_page') ?? 25) || 25));
  const page = Math.max(1, Number(request.query.get('page') ?? 1) || 1);
  const all = account.numbers.filter(({ number }) => number.includes(digitsOf(request.query.get('search') ?? '')));
  const items = all.slice((page - 1) * perPage, page * perPage).map((one) => row(one, account));
  return answer(200, { items, page, per_page: perPage, total: all.length });
};

const numberIn = ({ account, params }: Exchange): PhoneNumber | undefined =>
  account.numbers.find(({ number }) => number === digitsOf(params['number'] ?? ''));

const attach = (exchange: Exchange): Answer => {
  const found = numberIn(exchange);
  const id = textOf(exchange.request.body, 'application_id');
  if (found === undefined || !exchange.account.applications.some((one) => one.id === id))
    return fail({ status: 404, message: 'number or application not found' });
  found.pointsTo = { application_id: id };
  return changed(200, row(found, exchange.account));
};

const detach = (exchange: Exchange): Answer => {
  const found = numberIn(exchange);
  if (found === undefined) return fail({ status: 404, message: 'number not found' });
  found.pointsTo = {};
  return changed(204, null);
};

const detail = ({ world, account, params }: Exchange): Answer => {
  const call = world.callOf(account, params['call'] ?? '');
  if (call === undefined || !isOver(call.phase)) return fail({ status: 404, message: 'call not found' });
  const record = detailRecord(call, world.ids.uuid()) as Readonly<Record<string, unknown>>;
  const { call_duration: duration, hangup_cause_name: hangup_cause } = record;
  return answer(200, { ...record, hangup_cause, billsec: duration, duration, start_time: record['initiation_time'] });
};

/** Lower case is another path, which nobody may use: it looks like a wrong key. */
const lowerCase = (): Answer => fail({ status: 401, message: 'Unauthorized' });

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'verify', method: 'GET', path: '/api/v1/auth/me', answer: me },
  { name: 'numbers.list', method: 'GET', path: `${ROOT}/numbers`, answer: numbers },
  { name: 'numbers.point', method: 'POST', path: `${ROOT}/numbers/:number/application`, answer: attach },
  { name: 'numbers.point', method: 'DELETE', path: `${ROOT}/numbers/:number/application`, answer: detach },
  ...applicationEndpoints(ROOT, fail),
  { name: 'calls.detail', method: 'GET', path: `${ROOT}/cdr/:call`, answer: detail },
  { name: 'calls.place', method: 'POST', path: '/api/v1/account/:account/call/', answer: lowerCase },
  ...callEndpoints({ root: ROOT, fired: 'Call fired', fail, overConcurrency: 429, foreignCallerId: 'refused' }),
];

export const vobiz: CarrierModel = {
  provider: 'vobiz',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly: (message) => answer(200, { error: message }),
  inboundOf: ({ pointsTo }, account) => urlsOf(account, pointsTo['application_id'] ?? ''),
  messages: messagesSignedBy((account, world, { url }) => {
    const nonce = world.ids.digits(20);
    const signature = vobizSignature(account.credentials['auth_token'] ?? '', nonce, url);
    return { 'x-vobiz-signature-v3': signature, 'x-vobiz-signature-v3-nonce': nonce };
  }),
};
