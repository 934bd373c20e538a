import { secondsOf, isOver, type Call, type Cause } from '../../world/call';
import { answer, changed, type Answer, type Failure } from '../../wire/answer';
import { digitsOf, textOf } from '../../wire/request';
import type { Endpoint, Exchange } from '../carrier-model';
import { hangUpOf, PLIVO_STATES, plivoDate } from './plivo-words';

/** How Plivo and Vobiz differ where calls are concerned. */
export interface Dialect {
  /** With `:account`. */
  readonly root: string;
  readonly fired: string;
  readonly fail: (failure: Failure) => Answer;
  /** The status of a refusal for too many calls at a time. */
  readonly overConcurrency: number;
  /** A caller id that is not of the account: refused at once, or only shown by the record of the call. */
  readonly foreignCallerId: 'refused' | 'fails_later';
}

/** One customer's phone; a `<` would ask for many calls at once. */
const PHONE = /^\+?[1-9]\d{6,14}$/;

const wrongIn = ({ request, account, world }: Exchange, dialect: Dialect): Answer | null => {
  const missing = ['from', 'to', 'answer_url'].find((name) => textOf(request.body, name) === '');
  if (missing !== undefined) return dialect.fail({ status: 400, message: `${missing} is required` });
  if (!PHONE.test(textOf(request.body, 'to'))) return dialect.fail({ status: 400, message: 'to parameter is invalid' });
  const limit = Number(account.portal.concurrency ?? Infinity);
  if (world.liveCalls(account).length >= limit)
    return dialect.fail({ status: dialect.overConcurrency, message: 'concurrent call limit reached' });
  return null;
};

const place = (exchange: Exchange, dialect: Dialect): Answer => {
  const { request, account, world, switchboard } = exchange;
  const wrong = wrongIn(exchange, dialect);
  if (wrong !== null) return wrong;
  const [from, to] = [digitsOf(textOf(request.body, 'from')), digitsOf(textOf(request.body, 'to'))];
  const isForeign = !account.numbers.some(({ number }) => number === from);
  if (isForeign && dialect.foreignCallerId === 'refused')
    return dialect.fail({ status: 403, message: `${from} is not a number of this account` });
  const cause: Cause | null = isForeign ? 'caller_id' : null;
  const id = world.ids.uuid();
  switchboard.place(account, { id, otherId: id, from, to, asked: request.body, cause });
  return changed(201, { message: dialect.fired, request_uuid: id, api_id: world.ids.uuid() }, id);
};

const onCall =
  (dialect: Dialect, work: (call: Call, exchange: Exchange) => Answer) =>
  (exchange: Exchange): Answer => {
    const call = exchange.world.callOf(exchange.account, exchange.params['call'] ?? '');
    return call === undefined ? dialect.fail({ status: 404, message: 'call not found' }) : work(call, exchange);
  };

const live = (call: Call, apiId: string): object => ({
  api_id: apiId,
  call_status: PLIVO_STATES[call.phase],
  call_uuid: call.id,
  request_uuid: call.id,
  direction: 'outbound',
  from: call.from,
  to: call.to,
  caller_name: '',
  session_start: plivoDate(call.createdAt),
});

/** The record of a call that is over. */
export const detailRecord = (call: Call, apiId: string): object => {
  const seconds = secondsOf(call, call.endedAt ?? call.createdAt);
  const { code, name, source } = hangUpOf(call);
  return {
    api_id: apiId,
    call_uuid: call.id,
    call_direction: 'outbound',
    call_state: call.phase === 'completed' ? 'ANSWER' : name.toUpperCase(),
    call_duration: seconds,
    bill_duration: seconds,
    billed_duration: seconds === 0 ? 0 : Math.ceil(seconds / 60) * 60,
    initiation_time: plivoDate(call.createdAt),
    answer_time: plivoDate(call.answeredAt),
    end_time: plivoDate(call.endedAt),
    from_number: `+${call.from}`,
    to_number: call.to,
    hangup_cause_code: code,
    hangup_cause_name: name,
    hangup_source: source,
    parent_call_uuid: null,
    total_amount: '0.00000',
    total_rate: '0.00300',
  };
};

/** Which phases a reading shows: those that still ring or talk, those that wait, or those that are over. */
const read =
  (dialect: Dialect) =>
  (call: Call, { request, world }: Exchange): Answer => {
    const missing = dialect.fail({ status: 404, message: 'call not found' });
    const apiId = world.ids.uuid();
    switch (request.query.get('status')) {
      case 'live':
        return isOver(call.phase) || call.phase === 'queued' ? missing : answer(200, live(call, apiId));
      case 'queued':
        return call.phase === 'queued' ? answer(200, live(call, apiId)) : missing;
      case null:
      default:
        return isOver(call.phase) ? answer(200, detailRecord(call, apiId)) : missing;
    }
  };

const end =
  (dialect: Dialect) =>
  (call: Call, { switchboard }: Exchange): Answer =>
    switchboard.end(call) ? changed(204, null) : dialect.fail({ status: 404, message: 'call not found' });

/** Placing, reading and ending calls, at Plivo as at Vobiz. */
export const callEndpoints = (dialect: Dialect): readonly Endpoint[] => {
  const one = `${dialect.root}/Call/:call/`;
  const hangUp = onCall(dialect, end(dialect));
  return [
    { name: 'calls.place', method: 'POST', path: `${dialect.root}/Call/`, answer: (at) => place(at, dialect) },
    { name: 'calls.read', method: 'GET', path: one, answer: onCall(dialect, read(dialect)) },
    { name: 'calls.end', method: 'DELETE', path: one, answer: hangUp },
    { name: 'calls.end', method: 'DELETE', path: `${dialect.root}/Request/:call/`, answer: hangUp },
  ];
};
