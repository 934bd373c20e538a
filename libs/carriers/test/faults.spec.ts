import { CARRIER_NAMES, type CarrierName } from '../src';
import type { LoopbackAnswer, ReceivedRequest } from '@dialtone/testing';
import { ACCOUNTS, openAt, ORDER, SOON, useCarrier } from './scripted-carrier';

/** What each carrier answers to a call that it takes, and the id in it. */
const TAKEN: Readonly<Record<CarrierName, { readonly told: LoopbackAnswer; readonly id: string }>> = {
  twilio: { told: { status: 201, json: { sid: 'CA1', status: 'queued' } }, id: 'CA1' },
  plivo: { told: { status: 201, json: { message: 'call fired', request_uuid: 'u-1', api_id: 'a' } }, id: 'u-1' },
  vobiz: { told: { status: 200, json: { message: 'Call fired', request_uuid: 'u-2' } }, id: 'u-2' },
  exotel: { told: { json: { Call: { Sid: 'e-1', Status: 'in-progress' } } }, id: 'e-1' },
  tata_smartflo: {
    told: { json: { success: true, message: 'Originate successfully queued', ref_id: 'r-1' } },
    id: 'r-1',
  },
  mcube: { told: { json: { status: 'succ', callid: 77 } }, id: '77' },
  sip: { told: { status: 201, json: { sid: 's-1' } }, id: 's-1' },
};

const LOGIN = '/v1/auth/login';
const isLogin = ({ path }: ReceivedRequest): boolean => path === LOGIN;

/** What may become of the request, and what is then true. `asked`: how often a call was asked for. */
const FAULTS: readonly {
  name: string;
  told: LoopbackAnswer;
  kind: 'refused' | 'unknown';
  reason: string;
  retryAfterMs?: number;
}[] = [
  {
    name: 'is refused with 400',
    told: { status: 400, json: { message: 'bad number' } },
    kind: 'refused',
    reason: 'rejected',
  },
  {
    name: 'is refused with 422',
    told: { status: 422, json: { message: 'bad number' } },
    kind: 'refused',
    reason: 'rejected',
  },
  { name: 'is not paid for', told: { status: 402, json: { error: 'no balance' } }, kind: 'refused', reason: 'payment' },
  { name: 'is forbidden', told: { status: 403, json: {} }, kind: 'refused', reason: 'forbidden' },
  { name: 'meets 429', told: { status: 429, json: {} }, kind: 'refused', reason: 'rate_limited' },
  {
    name: 'meets 429 with Retry-After',
    told: { status: 429, text: '', headers: { 'retry-after': '7' } },
    kind: 'refused',
    reason: 'rate_limited',
    retryAfterMs: 7_000,
  },
  { name: 'meets 500', told: { status: 500, json: { message: 'oops' } }, kind: 'unknown', reason: 'unavailable' },
  {
    name: 'meets 503 with Retry-After',
    told: { status: 503, headers: { 'retry-after': '1' } },
    kind: 'unknown',
    reason: 'unavailable',
    retryAfterMs: 1_000,
  },
  {
    name: 'meets a redirect',
    told: { status: 302, headers: { location: '/elsewhere' } },
    kind: 'unknown',
    reason: 'unavailable',
  },
  { name: 'meets a page', told: { text: '<html><title>Proxy</title>' }, kind: 'unknown', reason: 'unavailable' },
  { name: 'meets an answer without an id', told: { status: 201, json: {} }, kind: 'unknown', reason: 'unavailable' },
  { name: 'meets an empty answer', told: { status: 200 }, kind: 'unknown', reason: 'unavailable' },
  { name: 'meets no answer', told: 'hang', kind: 'unknown', reason: 'unavailable' },
  { name: 'meets a cut connection', told: 'cut', kind: 'unknown', reason: 'unavailable' },
];

describe.each(CARRIER_NAMES)('a call through %s', (name) => {
  const { carrier } = useCarrier();
  const tellCall = (told: LoopbackAnswer): void => {
    carrier().tell = (got) =>
      isLogin(got) ? { json: { success: true, access_token: 'canary-token', expires_in: 3600 } } : told;
  };
  const calls = (): readonly ReceivedRequest[] => carrier().got.filter((got) => !isLogin(got));

  it('is asked for once, and has the id of the carrier', async () => {
    const { told, id } = TAKEN[name];
    tellCall(told);
    expect(await openAt(carrier().url, name).placeCall(ORDER)).toMatchObject({ kind: 'accepted', carrierId: id });
    expect(calls().map(({ method }) => method)).toEqual(['POST']);
  });

  it.each(FAULTS)('that $name is asked for once, and is $kind', async ({ told, kind, reason, retryAfterMs = null }) => {
    tellCall(told);
    const placed = await openAt(carrier().url, name, {}, told === 'hang' ? SOON : {}).placeCall(ORDER);
    expect(placed).toMatchObject({ kind, failure: { reason, retryAfterMs } });
    expect(calls()).toHaveLength(1);
    expect(JSON.stringify(placed)).not.toContain('canary');
  });

  it('that could not be sent is refused: no phone rings', async () => {
    const placed = await openAt(
      'http://127.0.0.1:1',
      name,
      {},
      {
        sipGateway: { kind: 'jambonz', url: 'http://127.0.0.1:1', account: 'a', key: 'k', leadingPlus: true },
      },
    ).placeCall(ORDER);
    expect(placed).toMatchObject({ kind: 'refused', failure: { reason: 'unavailable' } });
  });

  it('shows no token of a callback that the carrier quotes', async () => {
    const token = 'canary-token-of-a-callback-43-characters-xx';
    const urlOf = (kind: string): string => `https://api.example.com/callbacks/${name}/${token}/${kind}?call=c1`;
    const order = { ...ORDER, answerUrl: urlOf('answer'), statusUrl: urlOf('status') };
    tellCall({ status: 400, json: { message: `no: ${order.answerUrl}, nor ${order.statusUrl}` } });
    const shown = JSON.stringify(await openAt(carrier().url, name).placeCall(order));
    expect(shown).not.toContain(token);
    expect(shown).toContain('/callbacks/');
  });

  it('shows no secret that the carrier quotes', async () => {
    const secrets = Object.values(ACCOUNTS[name]).filter((text) => text.includes('canary'));
    tellCall({ status: 400, json: { message: `no: ${secrets.join(' ')} canary-gateway-key`, auth_token: 'canary-x' } });
    const placed = await openAt(carrier().url, name).placeCall(ORDER);
    const shown = JSON.stringify(placed);
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).not.toContain('canary-x');
  });
});
