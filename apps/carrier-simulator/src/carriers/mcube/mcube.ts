import { asked, isOver, type Call, type Phase } from '../../world/call';
import { answer, changed, type Answer } from '../../wire/answer';
import { digitsOf, textOf } from '../../wire/request';
import { unsigned, type CarrierModel, type Endpoint, type Exchange } from '../carrier-model';
import { readResolved } from '../documents';

/** The status of a refusal is not known outside MCube: 200 is what its other refusals have. */
const failQuietly = (msg: string): Answer => answer(200, { status: false, msg });

const fail: CarrierModel['fail'] = ({ status, message }) =>
  status === 401 ? failQuietly('Invalid Token') : answer(status, { status: false, msg: message });

/** The token of the body, under either of its names. */
const authenticate: CarrierModel['authenticate'] = ({ request, world }) => {
  const token = textOf(request.body, 'HTTP_AUTHORIZATION') || textOf(request.body, 'token');
  return (
    world.accountsOf('mcube').find(({ credentials }) => token !== '' && credentials['jwt_token'] === token) ?? null
  );
};

const place = ({ request, account, world, switchboard }: Exchange): Answer => {
  const [exe, customer] = [textOf(request.body, 'exenumber'), textOf(request.body, 'custnumber')];
  if (!/^\d{10}$/.test(customer)) return failQuietly('Invalid custnumber');
  if (!account.numbers.some(({ number }) => number.endsWith(digitsOf(exe)) && exe.length >= 10))
    return failQuietly('Executive number is not registered');
  if (world.liveCalls(account).length >= Number(account.portal.concurrency ?? Infinity))
    return failQuietly('Executive is busy');
  const id = world.ids.digits(16);
  const order = { id, otherId: id, from: `91${exe.slice(-10)}`, to: `91${customer}`, asked: request.body, cause: null };
  switchboard.place(account, order);
  return changed(200, { status: 'succ', msg: 'Call initiated', callid: id }, id);
};

const end = ({ request, account, world, switchboard }: Exchange): Answer => {
  const call = world.callOf(account, textOf(request.body, 'callid'));
  if (call === undefined || !switchboard.end(call)) return failQuietly('No such call');
  return changed(200, { status: true, msg: 'Call released' });
};

const DIAL_STATUS: Readonly<Record<Phase, string>> = {
  queued: '',
  ringing: '',
  in_progress: 'CONNECTING',
  completed: 'ANSWER',
  busy: 'BUSY',
  no_answer: 'NOANSWER',
  canceled: 'CANCEL',
  failed: 'EXECUTIVE BUSY',
};

const IST_MS = 5.5 * 3_600_000;
const stamp = (ms: number | null): string =>
  ms === null ? '' : new Date(ms + IST_MS).toISOString().replace('T', ' ').slice(0, 19);

const fieldsOf = (call: Call): Readonly<Record<string, unknown>> => ({
  callId: call.id,
  callDirection: 'outbound',
  fromNumber: call.from.slice(-10),
  toNumber: call.to.slice(-10),
  dialStatus: DIAL_STATUS[call.phase],
  callProvider: 'MCUBE',
  accountId: call.accountKey,
  refid: asked(call, 'refid'),
  ...(isOver(call.phase) && {
    startTime: stamp(call.createdAt),
    answeredTime: stamp(call.answeredAt),
    endTime: stamp(call.endedAt),
    filename: '',
  }),
});

/** One hook for everything: on the answer it names the media endpoint, later it is told the outcome. Nothing is signed. */
const messages: CarrierModel['messages'] = (call) => {
  const url = asked(call, 'refurl');
  const isAnswer = call.phase === 'in_progress';
  if (!/^https?:/.test(url) || !(isAnswer || isOver(call.phase))) return [];
  return [
    {
      purpose: isAnswer ? 'answer' : 'status',
      method: 'POST',
      url,
      encoding: 'json',
      fields: fieldsOf(call),
      sign: unsigned,
      ...(isAnswer && { read: readResolved }),
    },
  ];
};

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'calls.place', method: 'POST', path: '/Restmcube-api/outbound-calls-websocket', answer: place },
  { name: 'calls.place', method: 'POST', path: '/Restmcube-api/outbound-calls', answer: place },
  { name: 'calls.end', method: 'POST', path: '/hangup-api/call-release', answer: end },
];

export const mcube: CarrierModel = {
  provider: 'mcube',
  endpoints: ENDPOINTS,
  authenticate,
  fail,
  failQuietly,
  messages,
};
