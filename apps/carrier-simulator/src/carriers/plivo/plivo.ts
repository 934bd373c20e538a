import type { Account, PhoneNumber } from '../../world/account';
import { answer, changed, type Answer } from '../../wire/answer';
import { basicOf, digitsOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange } from '../carrier-model';
import { applicationEndpoints, urlsOf } from './applications';
import { callEndpoints } from './plivo-calls';
import { plivoMessages } from './plivo-messages';

const ROOT = '/v1/Account/:account';
const PAGE = 20;

const fail: CarrierModel['fail'] = ({ status, message }) =>
  answer(status, { api_id: '5d7a1c52-0000-4000-8000-000000000000', error: message });

const authenticate: CarrierModel['authenticate'] = ({ request, params, world }) => {
  const given = basicOf(request);
  const account = world.account('plivo', params['account'] ?? '');
  if (given === null || account?.credentials['auth_token'] !== given.password) return null;
  return given.user === account.key ? account : null;
};

const account = ({ account: { key, isSuspended }, world }: Exchange): Answer =>
  answer(200, {
    api_id: world.ids.uuid(),
    account_type: 'standard',
    active: !isSuspended,
    address: 'Simulated',
    auth_id: key,
    auto_recharge: false,
    billing_mode: 'prepaid',
    cash_credits: '25.00000',
    city: 'Bengaluru',
    name: 'Simulated account',
    resource_uri: `/v1/Account/${key}/`,
    state: 'KA',
    timezone: 'Asia/Kolkata',
  });

const row = ({ number, name, voice, pointsTo }: PhoneNumber, { key }: Account): object => ({
  active: true,
  added_on: '2026-01-01',
  alias: name,
  application: null,
  carrier: 'Plivo',
  country: 'India',
  number,
  number_type: 'fixed',
  region: 'Karnataka, INDIA',
  resource_uri: `/v1/Account/${key}/Number/${number}/`,
  sms_enabled: false,
  sub_account: null,
  voice_enabled: voice,
  ...pointsTo,
});

const numbers = ({ request, account: owner, world }: Exchange): Answer => {
  const limit = Math.min(PAGE, Math.max(1, Number(request.query.get('limit') ?? PAGE) || PAGE));
  const offset = Math.max(0, Number(request.query.get('offset') ?? 0) || 0);
  const start = request.query.get('number_startswith') ?? '';
  const all = owner.numbers.filter(({ number }) => number.startsWith(start));
  const uri = (from: number): string => `${request.path}?limit=${String(limit)}&offset=${String(from)}`;
  return answer(200, {
    api_id: world.ids.uuid(),
    meta: {
      limit,
      offset,
      next: offset + limit < all.length ? uri(offset + limit) : null,
      previous: offset > 0 ? uri(Math.max(0, offset - limit)) : null,
      total_count: all.length,
    },
    objects: all.slice(offset, offset + limit).map((one) => row(one, owner)),
  });
};

const numberIn = ({ account: owner, params }: Exchange): PhoneNumber | undefined =>
  owner.numbers.find(({ number }) => number === digitsOf(params['number'] ?? ''));

const showNumber = (exchange: Exchange): Answer => {
  const found = numberIn(exchange);
  if (found === undefined) return fail({ status: 404, message: 'number not found' });
  return answer(200, row(found, exchange.account));
};

/** Points a number at an application, or with an empty `app_id` at none. */
const point = (exchange: Exchange): Answer => {
  const { account: owner, request, world } = exchange;
  const found = numberIn(exchange);
  if (found === undefined) return fail({ status: 404, message: 'number not found' });
  const id = textOf(request.body, 'app_id');
  const application = owner.applications.find((one) => one.id === id);
  if (id !== '' && application === undefined) return fail({ status: 400, message: 'app_id is invalid' });
  found.pointsTo = id === '' ? {} : { application: `/v1/Account/${owner.key}/Application/${id}/` };
  return changed(202, { message: 'changed', api_id: world.ids.uuid() });
};

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'verify', method: 'GET', path: `${ROOT}/`, answer: account },
  { name: 'numbers.list', method: 'GET', path: `${ROOT}/Number/`, answer: numbers },
  { name: 'numbers.read', method: 'GET', path: `${ROOT}/Number/:number/`, answer: showNumber },
  { name: 'numbers.point', method: 'POST', path: `${ROOT}/Number/:number/`, answer: point },
  ...applicationEndpoints(ROOT, fail),
  ...callEndpoints({ root: ROOT, fired: 'call fired', fail, overConcurrency: 403, foreignCallerId: 'fails_later' }),
];

const inboundOf: CarrierModel['inboundOf'] = ({ pointsTo }, owner) =>
  urlsOf(owner, pointsTo['application']?.split('/').at(-2) ?? '');

export const plivo: CarrierModel = {
  provider: 'plivo',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly: (message) => answer(200, { error: message }),
  messages: plivoMessages,
  inboundOf,
};
