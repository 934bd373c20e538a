import { createHash } from 'node:crypto';
import type { Account } from '../../world/account';
import { isOver, type Call } from '../../world/call';
import type { World } from '../../world/world';
import { answer, changed, type Answer } from '../../wire/answer';
import { bearerOf, digitsOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange } from '../carrier-model';
import { smartfloMessages, smartfloRecord } from './smartflo-messages';

const fail: CarrierModel['fail'] = ({ status, message }) => answer(status, { success: false, message });

/** Follows from the account, so that a restart of the simulator logs nobody out. */
const tokenOf = (account: Account): string =>
  createHash('sha256')
    .update(`smartflo/${account.key}/${account.credentials['tata_password'] ?? ''}`)
    .digest('hex');

const byToken: CarrierModel['authenticate'] = ({ request, world }) => {
  const token = bearerOf(request) ?? request.headers['authorization'] ?? '';
  return world.accountsOf('tata_smartflo').find((account) => tokenOf(account) === token) ?? null;
};

const byLogin: CarrierModel['authenticate'] = ({ request, world }) => {
  const account = world.account('tata_smartflo', textOf(request.body, 'email'));
  return account?.credentials['tata_password'] === textOf(request.body, 'password') ? account : null;
};

/** The key of the body is the credential. */
const byKey: CarrierModel['authenticate'] = ({ request, world }) => {
  const key = textOf(request.body, 'api_key');
  return (
    world.accountsOf('tata_smartflo').find(({ credentials }) => key !== '' && credentials['api_key'] === key) ?? null
  );
};

const login = ({ account }: Exchange): Answer =>
  answer(200, {
    success: true,
    access_token: tokenOf(account),
    token_type: 'bearer',
    expires_in: 3600,
    number_of_days_left: 88,
  });

const numbers = ({ account }: Exchange): Answer =>
  answer(
    200,
    account.numbers.map(({ id, number, name, pointsTo }) => ({
      id: Number(id),
      name,
      alias: name,
      did: `+${number}`,
      destination: 'agent||1001',
      ...pointsTo,
    })),
  );

const point = ({ account, params, request }: Exchange): Answer => {
  const found = account.numbers.find(({ id }) => id === params['number']);
  if (found === undefined) return fail({ status: 404, message: 'Number not found' });
  found.pointsTo = { destination: textOf(request.body, 'destination') };
  return changed(200, { success: true, message: 'Number updated successfully' });
};

/** What is wrong with the wish for a call; a caller id that is not the account's comes as a map of fields. */
const wrongIn = (exchange: Exchange, customer: string): Answer | null => {
  const { account, request, world } = exchange;
  const caller = digitsOf(textOf(request.body, 'caller_id'));
  if (!/^\d{10,15}$/.test(digitsOf(customer))) return fail({ status: 422, message: 'Invalid destination number' });
  if (caller !== '' && !account.numbers.some(({ number }) => number === caller))
    return answer(200, { success: false, caller_id: 'The selected caller id is invalid.' });
  if (world.liveCalls(account).length >= Number(account.portal.concurrency ?? Infinity))
    return fail({ status: 200, message: 'Channel limit exceeded' });
  return null;
};

const placeTo = (exchange: Exchange, customer: string): Answer => {
  const wrong = wrongIn(exchange, customer);
  if (wrong !== null) return wrong;
  const { account, request, world, switchboard } = exchange;
  const digits = digitsOf(customer);
  const caller = digitsOf(textOf(request.body, 'caller_id'));
  const from = caller === '' ? (account.numbers[0]?.number ?? '') : caller;
  const to = digits.length === 10 ? `91${digits}` : digits;
  const id = world.ids.uuid();
  const otherId = `${world.ids.digits(10)}.${world.ids.digits(6)}`;
  switchboard.place(account, { id, otherId, from, to, asked: request.body, cause: null });
  return changed(200, { success: true, message: 'Originate successfully queued', ref_id: id }, id);
};

/** Rings the agent, then the customer. */
const agentFirst = (exchange: Exchange): Answer => {
  if (textOf(exchange.request.body, 'agent_number') === '')
    return fail({ status: 422, message: 'The agent number field is required.' });
  return placeTo(exchange, textOf(exchange.request.body, 'destination_number'));
};

const customerFirst = (exchange: Exchange): Answer => {
  const { customer_ring_timeout: ring } = exchange.request.body;
  if (ring !== undefined && !(Number(ring) >= 10 && Number(ring) <= 30))
    return answer(200, { success: false, customer_ring_timeout: 'must be between 10 and 30' });
  return placeTo(exchange, textOf(exchange.request.body, 'customer_number'));
};

const ofAccount = (world: World, { key }: Account): readonly Call[] =>
  world.calls.filter(({ provider, accountKey }) => provider === 'tata_smartflo' && accountKey === key);

/** Records are there when a call is over. */
const records = ({ account, world, request, switchboard }: Exchange): Answer => {
  const id = request.query.get('call_id');
  const found = ofAccount(world, account).filter(
    (call) => isOver(call.phase) && (id === null || call.id === id || call.otherId === id),
  );
  const results = found.map((call) => smartfloRecord(call, switchboard.now()));
  return answer(200, { success: true, count: results.length, results });
};

const live = ({ account, world, switchboard }: Exchange): Answer =>
  answer(
    200,
    world.liveCalls(account).map((call) => smartfloRecord(call, switchboard.now())),
  );

const end = ({ account, world, request, switchboard }: Exchange): Answer => {
  const call = world.callOf(account, textOf(request.body, 'call_id'));
  if (call === undefined || !switchboard.end(call)) return fail({ status: 404, message: 'Call not found' });
  return changed(200, { success: true, message: 'Call hangup successfully' });
};

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'login', method: 'POST', path: '/v1/auth/login', answer: login, authenticate: byLogin },
  { name: 'numbers.list', method: 'GET', path: '/v1/my_number', answer: numbers },
  { name: 'numbers.point', method: 'PUT', path: '/v1/my_number/:number', answer: point },
  { name: 'calls.place', method: 'POST', path: '/v1/click_to_call', answer: agentFirst },
  {
    name: 'calls.place',
    method: 'POST',
    path: '/v1/click_to_call_support',
    answer: customerFirst,
    authenticate: byKey,
  },
  { name: 'calls.read', method: 'GET', path: '/v1/call/records', answer: records },
  { name: 'calls.live', method: 'GET', path: '/v1/live_calls', answer: live },
  { name: 'calls.end', method: 'POST', path: '/v1/call/hangup', answer: end },
];

export const smartflo: CarrierModel = {
  provider: 'tata_smartflo',
  endpoints: ENDPOINTS,
  authenticate: byToken,
  fail,
  failQuietly: (message) => answer(200, { success: false, message }),
  messages: smartfloMessages,
};
