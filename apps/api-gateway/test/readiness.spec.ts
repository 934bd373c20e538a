import type { DidKey } from '@dialtone/domain';
import type { StoredReadiness } from '@dialtone/persistence';
import type { DriftPageDto, ReadinessPageDto } from '../src/readiness/readiness.dto';
import { TestGateway } from './gateway';
import { drifting, KEY, NOW, readyObservation } from './observations';

const OTHER = '918011223355' as DidKey;

describe('readiness and drift', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const ready = (key: DidKey): StoredReadiness => ({
    connectionId: gateway.tenant.connectionId,
    key,
    state: 'READY',
    issues: [],
    actionItems: [],
    stale: false,
    observedAt: NOW,
    ageSeconds: 12,
    observation: readyObservation(key, gateway.tenant.agentId),
    drift: null,
    declared: false,
    advisories: [],
  });
  const readiness = async () =>
    ((await gateway.ask('GET', '/api/v2/voicelink/readiness')).json.data as ReadinessPageDto).readiness;
  const drift = async () => ((await gateway.ask('GET', '/api/v2/voicelink/drift')).json.data as DriftPageDto).drift;

  it('shows a ready number as the documented row, with its age', async () => {
    gateway.world.store(gateway.tenant.partnerId, ready(KEY));
    expect(await readiness()).toEqual([
      {
        key: KEY,
        phone_number: `+${KEY}`,
        connection_id: gateway.tenant.connectionId,
        declared: false,
        state: 'READY',
        issues: [],
        actions: [],
        action_items: [],
        stale: false,
        observed_at: NOW.toISOString(),
        age_seconds: 12,
        remote_did: {
          id: 9812,
          did_id: 812,
          did_number: KEY,
          phone_number: `+${KEY}`,
          client_id: 415,
          status: 'active',
          is_expired: false,
          raw: { id: 9812 },
        },
        local_phone_number: {
          id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
          phone_number: `+${KEY}`,
          agent: { id: gateway.tenant.agentId, name: 'Sales Agent' },
        },
        routing: {
          id: 120,
          phone_number: `+${KEY}`,
          for_inbound_call: 1,
          for_outbound_call: 3,
          outbound_websocket_bot_id: 93,
          raw: { r: 1 },
        },
        bot: { id: 93, name: 'Vocobase', status: 1, raw: { b: 1 } },
      },
    ]);
  });

  it('shows a number that was never observed with nulls', async () => {
    const row = { ...ready(KEY), state: 'UNKNOWN' as const, observation: null, observedAt: null, ageSeconds: null };
    gateway.world.store(gateway.tenant.partnerId, row);
    expect((await readiness())[0]).toMatchObject({
      state: 'UNKNOWN',
      remote_did: null,
      local_phone_number: null,
      routing: null,
      bot: null,
      observed_at: null,
      age_seconds: null,
    });
  });

  it('lists only open drift, with the ids that are known and no others', async () => {
    const known = readyObservation(OTHER, gateway.tenant.agentId);
    gateway.world.store(gateway.tenant.partnerId, ready(KEY));
    const observation = { ...known, bots: [], routing: null, local: null };
    gateway.world.store(gateway.tenant.partnerId, drifting({ ...ready(OTHER), observation }));
    const rows = await drift();
    expect(rows).toEqual([
      {
        key: OTHER,
        phone_number: `+${OTHER}`,
        connection_id: gateway.tenant.connectionId,
        state: 'NO_BOT',
        issues: ['NO_BOT', 'ROUTING_MISSING'],
        action: 'Create an active VoiceLink WebSocket bot for the mapped client',
        action_items: [
          {
            code: 'NO_BOT',
            label: 'Create an active VoiceLink WebSocket bot for the mapped client',
            url: '/docs/issues/NO_BOT',
          },
          {
            code: 'ROUTING_MISSING',
            label: 'Create VoiceLink call routing for this DID',
            url: '/docs/issues/ROUTING_MISSING',
          },
        ],
        did_id: 812,
        client_id: 415,
        drift_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        opened_at: NOW.toISOString(),
        stale: false,
        observed_at: NOW.toISOString(),
        age_seconds: 12,
      },
    ]);
  });

  it('fills its pages with drifting numbers only', async () => {
    gateway.world.store(gateway.tenant.partnerId, ready(KEY));
    gateway.world.store(gateway.tenant.partnerId, drifting(ready(OTHER)));
    const page = (await gateway.ask('GET', '/api/v2/voicelink/drift?limit=1')).json.data as DriftPageDto;
    expect([page.drift.map((row) => row.key), page.next_cursor]).toEqual([[OTHER], null]);
  });

  it('gives all ids of a drifting number that is still wired', async () => {
    gateway.world.store(gateway.tenant.partnerId, drifting(ready(KEY)));
    expect((await drift())[0]).toMatchObject({
      routing_id: 120,
      bot_id: 93,
      local_phone_number_id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
    });
  });

  it('shows nothing of other partners', async () => {
    const stranger = gateway.world.addTenant();
    gateway.world.store(stranger.partnerId, drifting(ready(KEY)));
    expect(await readiness()).toEqual([]);
    expect(await drift()).toEqual([]);
  });
});
