import type { Account } from '../../world/account';
import { isOver, secondsOf, type Call, type Cause, type Phase } from '../../world/call';
import { answer, changed, type Answer } from '../../wire/answer';
import { asBody } from '../../wire/fields';
import { bearerOf, textOf } from '../../wire/request';
import type { CarrierModel, Endpoint, Exchange, Message } from '../carrier-model';
import { readVerbs } from '../documents';
import { jambonzSignature } from '../signatures';

/** The operator says where the gateway's API begins: below a path of its own, because Exotel's looks alike. */
const ROOT = '/jambonz/v1/Accounts/:account';

const fail: CarrierModel['fail'] = ({ status, message }) => answer(status, { msg: message });

const authenticate: CarrierModel['authenticate'] = ({ request, params, world }) => {
  const account = world.account('sip', params['account'] ?? '');
  return account !== undefined && account.credentials['gateway_key'] === bearerOf(request) ? account : null;
};

const STATES: Readonly<Record<Phase, readonly [state: string, sip: number]>> = {
  queued: ['trying', 100],
  ringing: ['ringing', 180],
  in_progress: ['in-progress', 200],
  completed: ['completed', 200],
  busy: ['busy', 486],
  no_answer: ['no-answer', 480],
  canceled: ['no-answer', 487],
  failed: ['failed', 503],
};

const fieldsOf = (call: Call, now: number): Readonly<Record<string, unknown>> => {
  const [state, sip] = STATES[call.phase];
  const sipStatus = call.cause === 'trunk_credentials' ? 403 : sip;
  return {
    call_sid: call.id,
    account_sid: call.accountKey,
    direction: 'outbound',
    from: call.from,
    to: call.to,
    call_status: state,
    sip_status: sipStatus,
    tag: call.asked['tag'] ?? null,
    ...(isOver(call.phase) && { duration: secondsOf(call, now) }),
  };
};

const digitsOfTarget = (to: Readonly<Record<string, unknown>>): string =>
  /^(?:sips?:)?\+?(\d+)/.exec(textOf(to, 'sipUri') || textOf(to, 'number'))?.[1] ?? '';

const wrongIn = ({ request }: Exchange): string | null => {
  const to = asBody(request.body['to']);
  const hook = asBody(request.body['call_hook']);
  if (textOf(request.body, 'from') === '') return 'missing from';
  if (!['sip', 'phone', 'user'].includes(textOf(to, 'type'))) return 'invalid to';
  if (digitsOfTarget(to) === '') return 'invalid sipUri';
  if (textOf(request.body, 'application_sid') === '' && textOf(hook, 'url') === '')
    return 'either application_sid or call_hook is required';
  if (!['', 'get', 'post'].includes(textOf(hook, 'method'))) return 'invalid call_hook method';
  return null;
};

/** The trunk refuses what is not its user and password, where it was told them. */
const causeOf = ({ request, account }: Exchange): Cause | null => {
  const { trunk_username: username, trunk_password: password } = account.credentials;
  if (username === undefined) return null;
  const auth = asBody(asBody(request.body['to'])['auth']);
  return textOf(auth, 'username') === username && textOf(auth, 'password') === password ? null : 'trunk_credentials';
};

const place = (exchange: Exchange): Answer => {
  const { request, account, world, switchboard } = exchange;
  const wrong = wrongIn(exchange);
  if (wrong !== null) return fail({ status: 400, message: wrong });
  const id = world.ids.uuid();
  const from = textOf(request.body, 'from').replace(/\D/g, '');
  const to = digitsOfTarget(asBody(request.body['to']));
  switchboard.place(account, { id, otherId: id, from, to, asked: request.body, cause: causeOf(exchange) });
  return changed(201, { sid: id }, id);
};

const onCall =
  (work: (call: Call, exchange: Exchange) => Answer) =>
  (exchange: Exchange): Answer => {
    const call = exchange.world.callOf(exchange.account, exchange.params['call'] ?? '');
    return call === undefined ? fail({ status: 404, message: 'call not found' }) : work(call, exchange);
  };

const read = (call: Call, { switchboard }: Exchange): Answer => answer(200, fieldsOf(call, switchboard.now()));

const hangUp = (call: Call, { switchboard }: Exchange): Answer =>
  switchboard.end(call) ? changed(202, null) : fail({ status: 422, message: 'call is over' });

const update = (call: Call, exchange: Exchange): Answer => {
  const status = textOf(exchange.request.body, 'call_status');
  if (!['completed', 'no-answer'].includes(status)) return fail({ status: 400, message: 'invalid call_status' });
  return hangUp(call, exchange);
};

const ENDPOINTS: readonly Endpoint[] = [
  {
    name: 'verify',
    method: 'GET',
    path: ROOT,
    answer: ({ account }) => answer(200, { account_sid: account.key, name: 'Simulated account', is_active: true }),
  },
  { name: 'calls.place', method: 'POST', path: `${ROOT}/Calls`, answer: place },
  { name: 'calls.read', method: 'GET', path: `${ROOT}/Calls/:call`, answer: onCall(read) },
  { name: 'calls.end', method: 'POST', path: `${ROOT}/Calls/:call`, answer: onCall(update) },
  { name: 'calls.end', method: 'DELETE', path: `${ROOT}/Calls/:call`, answer: onCall(hangUp) },
];

const hook = (call: Call, name: string): { readonly url: string; readonly method: Message['method'] } => {
  const given = asBody(call.asked[name]);
  return { url: textOf(given, 'url'), method: textOf(given, 'method') === 'get' ? 'GET' : 'POST' };
};

const messages: CarrierModel['messages'] = (call, account) => {
  const at = call.endedAt ?? call.answeredAt ?? call.ringingAt ?? call.createdAt;
  const common = { encoding: 'json' as const, fields: fieldsOf(call, at), sign: signedBy(account, at) };
  const [status, answered] = [hook(call, 'call_status_hook'), hook(call, 'call_hook')];
  const asks: readonly Message[] =
    call.phase === 'in_progress' && answered.url !== ''
      ? [{ ...common, ...answered, purpose: 'answer', read: readVerbs }]
      : [];
  return [...asks, ...(status.url === '' ? [] : [{ ...common, ...status, purpose: 'status' as const }])];
};

const signedBy =
  ({ portal: { webhook_secret: secret } }: Account, at: number): Message['sign'] =>
  ({ body }) =>
    secret === undefined ? {} : { 'jambonz-signature': jambonzSignature(secret, Math.floor(at / 1000), body) };

export const jambonz: CarrierModel = {
  provider: 'sip',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly: (message) => answer(200, { msg: message }),
  messages,
};
