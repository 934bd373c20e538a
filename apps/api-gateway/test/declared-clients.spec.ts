import { useGateway } from './gateway';
import { done, failure, refused, unknown } from './management/passed-on';
import { WRITES } from './management/requests';
import { KEY } from './observations';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const MINUTE = 60_000;

describe('a declaration that names a client', () => {
  const gateway = useGateway();
  const { world } = gateway;
  beforeEach(() => {
    world.knownClients.store(gateway.tenant.connectionId, [415]);
  });
  const declare = (client_id: number | null, more: object = {}) =>
    gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId, client_id, ...more } });
  const statusOf = async (...given: Parameters<typeof declare>): Promise<number> => (await declare(...given)).status;
  const row = (id: number) => ({ id, active: true, name: null, raw: {} }) as never;

  it('is refused when neither the stored list nor VoiceLink has it, and says what to do', async () => {
    const answer = await declare(416);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'client_id', message: 'No such client on this connection.' }],
    });
    expect(answer.json.error.message).toContain('GET /api/v2/voicelink/clients');
    expect(answer.text).not.toContain('415');
    expect(world.views.size).toBe(0);
  });

  it.each<{ name: string; given: () => void }>([
    {
      name: 'no list was stored',
      given: () => {
        world.knownClients.clear();
      },
    },
    {
      name: 'no list was whole',
      given: () => {
        world.knownClients.store(gateway.tenant.connectionId, [415], null);
      },
    },
    {
      name: 'the list is too old',
      given: () => {
        world.pass(2 * MINUTE + 1);
      },
    },
    {
      name: 'VoiceLink lists it by now',
      given: () => {
        world.voicelink.listings = { clients: { status: 'complete', rows: [row(416)] } };
      },
    },
    {
      name: 'VoiceLink does not answer',
      given: () => {
        world.voicelink.listings = { clients: { status: 'failed', rows: [], message: 'away', failure: failure({}) } };
      },
    },
    {
      name: 'VoiceLink answers with half a list',
      given: () => {
        world.voicelink.listings = { clients: { status: 'truncated', rows: [row(415)], message: 'half' } };
      },
    },
    { name: 'the account cannot be opened', given: () => void world.voicelink.closed.add(gateway.tenant.connectionId) },
  ])('is taken when $name', async ({ given }) => {
    given();
    expect(await statusOf(416)).toBe(201);
  });

  it('is taken without a question to VoiceLink when the client is known, or none is named', async () => {
    world.voicelink.closed.add(gateway.tenant.connectionId);
    expect([await statusOf(415), await statusOf(null)]).toEqual([201, 200]);
  });

  it('can be repeated and changed when the client is gone, but not changed to another one that does not exist', async () => {
    await declare(415);
    world.knownClients.store(gateway.tenant.connectionId, [7]);
    expect(await statusOf(415)).toBe(200);
    expect(await statusOf(415, { mode: 'observe' })).toBe(200);
    expect(await statusOf(416)).toBe(400);
    expect(await statusOf(7)).toBe(200);
    expect(await statusOf(415)).toBe(400);
  });

  it.each([
    { name: 'was created', outcome: done, want: 201 },
    { name: 'may have been created', outcome: unknown(), want: 201 },
    { name: 'was refused', outcome: refused({ class: 'rejected' }), want: 400 },
  ])('gets $want right after a client $name through this API', async ({ outcome, want }) => {
    world.voicelink.answer = () => outcome;
    world.pass(1);
    await gateway.ask('POST', '/api/v2/voicelink/clients', { body: WRITES[0]?.required ?? {} });
    expect(await statusOf(416)).toBe(want);
    world.pass(MINUTE);
    world.knownClients.store(gateway.tenant.connectionId, [415]);
    expect(await statusOf(417)).toBe(400);
  });
});
