import { CARRIER_NAMES } from '@dialtone/carriers';
import { useGateway } from '../gateway';
import { LEAST, NUMBER, type Body } from '../telephony/carriers';
import type { LoopbackAnswer } from '@dialtone/testing';
import { FakeCarrier, TAKEN } from './fake-carrier';

/** Long enough for a busy machine to answer, and short for what never does. */
const PATIENT_MS = 10_000;
const SOON_MS = 300;

/** What may become of the request, and what is then true. */
const FAULTS: readonly { name: string; told: LoopbackAnswer; status: number; call: 'failed' | 'pending' }[] = [
  { name: 'is refused', told: { status: 400, json: { message: 'bad number' } }, status: 422, call: 'failed' },
  { name: 'meets 401', told: { status: 401, json: {} }, status: 502, call: 'failed' },
  { name: 'meets 429', told: { status: 429 }, status: 429, call: 'failed' },
  {
    name: 'meets 429 with Retry-After',
    told: { status: 429, headers: { 'retry-after': '7' } },
    status: 429,
    call: 'failed',
  },
  { name: 'meets 500', told: { status: 500, json: { message: 'oops' } }, status: 201, call: 'pending' },
  {
    name: 'meets 503 with Retry-After',
    told: { status: 503, headers: { 'retry-after': '1' } },
    status: 201,
    call: 'pending',
  },
  { name: 'meets a redirect', told: { status: 302, headers: { location: '/again' } }, status: 201, call: 'pending' },
  { name: 'meets a page', told: { text: '<html><title>Proxy</title>' }, status: 201, call: 'pending' },
  { name: 'meets no answer', told: 'hang', status: 201, call: 'pending' },
  { name: 'meets a cut connection', told: 'cut', status: 201, call: 'pending' },
];

const WITH_NUMBER: Readonly<Record<string, Body>> = {
  ...LEAST,
  plivo: { ...LEAST.plivo, from_number: NUMBER },
  vobiz: { ...LEAST.vobiz, from_number: NUMBER },
  tata_smartflo: { ...LEAST.tata_smartflo, from_number: NUMBER, agent_number: '1001' },
  sip: { ...LEAST.sip, did_number: NUMBER },
};

describe.each(CARRIER_NAMES)('a call through %s', (provider) => {
  const gateway = useGateway();
  let carrier: FakeCarrier;
  beforeAll(async () => {
    carrier = await FakeCarrier.open();
  });
  afterAll(() => carrier.close());
  beforeEach(async () => {
    carrier.clear();
    gateway.world.carriers.real = carrier.carriers(PATIENT_MS);
    const given = { provider, name: provider, ...WITH_NUMBER[provider] };
    await gateway.ask('POST', '/api/v2/telephony/connections', { body: given });
  });

  const start = (headers: Readonly<Record<string, string>> = {}) => {
    const body = { agent_id: gateway.tenant.agentId, to_number: '+919876543210', provider };
    return gateway.ask('POST', '/api/v2/calls/start', { body, headers });
  };
  const known = () => gateway.world.calls.known(gateway.world.calls.rows[0]?.id ?? '');

  it('is asked for once, and has the id of the carrier', async () => {
    carrier.told = TAKEN[provider].told;
    expect((await start()).status).toBe(201);
    expect(known()).toMatchObject({ status: 'pending', carrierId: TAKEN[provider].id });
    expect(carrier.got.map(({ method }) => method)).toEqual(['POST']);
  });

  it.each(FAULTS)('that $name is asked for once, and then $call', async ({ told, status, call }) => {
    carrier.told = told;
    if (told === 'hang') gateway.world.carriers.real = carrier.carriers(SOON_MS);
    const answer = await start({ 'idempotency-key': 'once' });
    expect([answer.status, known().status]).toEqual([status, call]);
    // One new login after Smartflo's 401, which proves that nothing was done.
    const asked = provider === 'tata_smartflo' && answer.status === 502 ? 2 : 1;
    expect(carrier.got).toHaveLength(asked);
    if (call === 'pending') expect((await start({ 'idempotency-key': 'once' })).text).toBe(answer.text);
    expect(carrier.got).toHaveLength(asked);
  });

  it('that is refused inside of an answer 200 has failed where the carrier does so', async () => {
    carrier.told = { json: { success: false, status: false, message: 'agent is busy' } };
    const answer = await start();
    const isTold = provider === 'tata_smartflo' || provider === 'mcube';
    expect([answer.status, known().status]).toEqual(isTold ? [422, 'failed'] : [201, 'pending']);
    if (isTold) expect(answer.json.error.message).toContain('agent is busy');
    expect(carrier.got).toHaveLength(1);
  });

  it('that could not be sent has failed', async () => {
    gateway.world.carriers.real = carrier.carriers(PATIENT_MS, 'http://127.0.0.1:1');
    expect([(await start()).status, known().status]).toEqual([503, 'failed']);
    expect(carrier.got).toEqual([]);
  });

  it('that is told of before it is answered comes to the same', async () => {
    carrier.told = TAKEN[provider].told;
    carrier.meanwhile = () =>
      gateway.world.calls.noteHeard(gateway.world.calls.rows[0]?.id ?? '', {
        source: 'callback',
        status: 'ringing',
        at: Date.now(),
      });
    expect((await start()).status).toBe(201);
    expect(known()).toMatchObject({ status: 'ringing', carrierId: TAKEN[provider].id });
  });
});
