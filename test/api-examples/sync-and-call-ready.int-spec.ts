import type { DidKey } from '@dialtone/domain';
import { CALL_READY_ANSWER, SYNC_ANSWER } from './documented-answers';
import { ProvisioningWorld } from './provisioning-world';

const KEY = '918011223344' as DidKey;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

type Json = Readonly<Record<string, unknown>>;

/** An answer as the pages print it: records of VoiceLink (`raw`) are stylised to {} there. The order of the fields stays. */
const asPrinted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asPrinted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'raw' ? rawOf(inner) : asPrinted(inner)]),
  );
};

const rawOf = (raw: unknown): Json => {
  expect(Object.keys(raw as Json).length).toBeGreaterThan(3);
  return {};
};

/** Field for field, and in the same order. */
const expectPrinted = (answer: unknown, documented: unknown): void => {
  expect(asPrinted(answer)).toEqual(documented);
  expect(JSON.stringify(asPrinted(answer), null, 1)).toBe(JSON.stringify(documented, null, 1));
};

const { data: sync } = SYNC_ANSWER;
const { data: callReady } = CALL_READY_ANSWER;

describe('the documented examples', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await ProvisioningWorld.start();
  });
  beforeEach(() => world.reset());
  afterAll(() => world.stop());

  const localRow = async () => {
    const [row] = await world.stores.phoneNumbers.rows(world.tenant.connectionId);
    if (row === undefined) throw new Error('nothing was imported');
    return row;
  };
  /** DID 812, mapped to client 415. */
  const purchased = () => world.admin('POST', '/dids', { did_id: 812, did_number: KEY, client_id: 415 });
  const client = () => world.admin('POST', '/clients', { id: 415, username: 'client.415' });
  /** The next bot gets id 93, and the next routing record id 120. */
  const countUp = async () => {
    await world.admin('POST', '/bots', { id: 92 });
    await world.admin('DELETE', '/bots/92');
    await world.admin('POST', '/dids', { did_id: 811, did_number: '918011223300' });
    await world.admin('POST', '/routing', { id: 119, did_id: 811 });
    await world.admin('DELETE', '/dids/811');
  };
  const request = () => ({
    connection_id: world.tenant.connectionId,
    did_id: 812,
    client_id: 415,
    agent_id: world.tenant.agentId,
    bot_name: 'Vocobase +918011223344',
  });

  describe('sync', () => {
    /** What the example shows, with the row that its import makes. */
    const documented = async () => {
      const row = await localRow();
      const [readiness] = sync.readiness;
      const local = {
        ...callReady.readiness.local_phone_number,
        id: row.id,
        agent: null,
        created_at: new Date(row.createdAt).toISOString(),
        updated_at: new Date(row.updatedAt).toISOString(),
      };
      return {
        ...SYNC_ANSWER,
        data: {
          ...sync,
          local_phone_numbers: [local],
          // The example leaves out `id` and `status`, which its own `dids` section has.
          readiness: [{ ...readiness, remote_did: sync.dids[0], local_phone_number: local }],
          drift: [{ ...sync.drift[0], local_phone_number_id: row.id }],
        },
      };
    };

    it('answers as printed, and shows the row that it imports', async () => {
      await purchased();
      const answer = await world.post('sync', { connection_id: world.tenant.connectionId, import_dids: true });
      expect(answer.status).toBe(200);
      expectPrinted(answer.json, await documented());
      const local = (answer.json.data as unknown as { local_phone_numbers: Json[] }).local_phone_numbers[0];
      expect(local).toMatchObject({
        id: expect.stringMatching(UUID) as string,
        created_at: expect.stringMatching(INSTANT) as string,
      });
    });

    it('answers the same again, without a connection_id, and from the stored inventory', async () => {
      await purchased();
      await world.post('sync', {});
      const before = await localRow();
      const answer = await world.post('sync', {});
      expectPrinted(answer.json, await documented());
      expect(await localRow()).toEqual(before);
    });

    it('without import says that the number is not imported, and stores nothing', async () => {
      await purchased();
      const answer = await world.post('sync', { import_dids: false });
      const [readiness] = sync.readiness;
      const notImported = {
        code: 'NOT_IMPORTED',
        label: 'Import this DID into local phone-number inventory',
      };
      expectPrinted(answer.json, {
        ...SYNC_ANSWER,
        data: {
          ...sync,
          readiness: [
            {
              ...readiness,
              state: 'NOT_IMPORTED',
              issues: ['NOT_IMPORTED', ...readiness.issues],
              remote_did: sync.dids[0],
              actions: [notImported.label, ...readiness.actions],
              action_items: [notImported, ...readiness.action_items],
            },
          ],
          drift: [{ ...sync.drift[0], state: 'NOT_IMPORTED', action: notImported.label }],
        },
      });
      const { connectionId } = world.tenant;
      expect(await world.stores.phoneNumbers.rows(connectionId)).toEqual([]);
      expect((await world.stores.keyStates.load(connectionId)).size).toBe(0);
    });

    it.each([
      { name: 'of an account that nobody has looked at', isKnown: false, faults: [], warned: [] },
      // So many numbers and records are gone that their lists are suspect as a whole.
      {
        name: 'of a known account, after changes of every kind',
        isKnown: true,
        faults: [],
        warned: ['dids', 'routing'],
      },
      {
        name: 'with lists that fail',
        isKnown: true,
        faults: ['bots.list', 'dids.purchased'],
        warned: ['bots', 'dids', 'routing'],
      },
    ])('without import changes no row of the whole database: $name', async ({ isKnown, faults, warned }) => {
      await world.admin('DELETE', '/state?seed=7&dids=80');
      if (isKnown) await world.post('sync', {});
      const { rows } = (await world.admin('GET', '/dids?limit=80')) as { rows: { did: { id: number } }[] };
      const changes = ['expire', 'unmap', 'delete-routing', 'deactivate-bot', 'break-routing'];
      for (const [nth, { did }] of rows.entries()) {
        const change = changes[nth % 6];
        const path = `/dids/${String(did.id)}`;
        // What does not apply to a number is refused.
        if (change !== undefined) await world.admin('POST', `${path}/${change}`, {}).catch(() => null);
        else await world.admin('DELETE', path);
      }
      for (const endpoint of faults) await world.admin('POST', '/faults', { endpoint, kind: 'status', status: 503 });
      const before = await world.contents();
      const { data } = (await world.post('sync', { import_dids: false })).json as unknown as {
        data: { warnings: { section: string }[]; readiness: Json[] };
      };
      expect(data.readiness).not.toEqual([]);
      expect(data.warnings.map(({ section }) => section).sort()).toEqual(warned);
      expect(await world.contents()).toEqual(before);
      await world.post('sync', {});
      expect(await world.contents()).not.toEqual(before);
    });

    it('with a list that fails answers the rest, with a warning and nothing derived from it', async () => {
      await purchased();
      await world.admin('POST', '/faults', { endpoint: 'bots.list', kind: 'status', status: 503 });
      const { data } = (await world.post('sync', {})).json as unknown as { data: typeof sync };
      expect(data.warnings).toMatchObject([{ section: 'bots', code: 'FETCH_FAILED' }]);
      expect(data.dids).toHaveLength(1);
      expect(data.readiness).toMatchObject([{ state: 'UNKNOWN', issues: [], actions: [] }]);
      expect(data.drift).toEqual([]);
    });

    it('with credentials that VoiceLink refuses is an error that does not show them', async () => {
      const { partnerId, connectionId } = world.tenant;
      const credentials = { username: 'canary-user', password: 'canary-password' };
      await world.stores.connections.replaceAccess(partnerId, connectionId, {
        baseUrl: world.simulator.url,
        credentials,
      });
      const answer = await world.post('sync', {});
      expect([answer.status, answer.json.error.code]).toEqual([502, 'VOICELINK_UNAUTHORIZED']);
      expect(answer.text).not.toContain('canary-password');
      const callReady = await world.post('call-ready', { did_id: 812 });
      expect([callReady.status, callReady.json.error.code]).toEqual([502, 'VOICELINK_UNAUTHORIZED']);
      expect(await world.stores.connections.find(partnerId, connectionId)).toMatchObject({
        lastErrorMessage: expect.stringContaining('401') as string,
      });
    });
  });

  describe('call-ready', () => {
    const documentedReadiness = async () => {
      const row = await localRow();
      const { local_phone_number: local } = callReady.readiness;
      return {
        ...callReady.readiness,
        local_phone_number: {
          ...local,
          id: row.id,
          agent: { ...local.agent, id: world.tenant.agentId },
          created_at: new Date(row.createdAt).toISOString(),
          updated_at: new Date(row.updatedAt).toISOString(),
        },
      };
    };
    const step = (name: string, status: string, detail: string, data?: Json) => ({
      step: name,
      status,
      detail,
      ...(data !== undefined && { data }),
    });

    it('answers as printed: all six steps, and in readiness_before also what the missing row means', async () => {
      await client();
      await purchased();
      await countUp();
      const answer = await world.post('call-ready', request());
      expect(answer.status).toBe(200);
      const { id } = await localRow();
      const { agentId } = world.tenant;
      const before = callReady.readiness_before;
      const [resolved] = callReady.steps;
      const notImported = { code: 'NOT_IMPORTED', label: 'Import this DID into local phone-number inventory' };
      const noAgent = { code: 'NO_VOCOBASE_AGENT', label: 'Assign a Vocobase agent to the local PhoneNumber row' };
      expectPrinted(answer.json, {
        ...CALL_READY_ANSWER,
        data: {
          ...callReady,
          steps: [
            resolved,
            step('import_did', 'done', 'Imported +918011223344 into local phone-number inventory', {
              local_phone_number_id: id,
            }),
            step('client_mapping', 'already', 'DID +918011223344 is mapped to client_id=415', { client_id: 415 }),
            step('ensure_bot', 'done', 'Created active WebSocket bot "Vocobase +918011223344" for client 415', {
              bot_id: 93,
            }),
            // Nothing was there to be updated: the example's own readiness_before says ROUTING_MISSING.
            step('ensure_routing', 'done', 'Created routing for DID +918011223344 to outbound bot_id=93', {
              routing_id: 120,
            }),
            step('assign_agent', 'done', `Assigned +918011223344 to agent ${agentId}`, { agent_id: agentId }),
          ],
          readiness_before: {
            ...before,
            state: 'NOT_IMPORTED',
            issues: ['NOT_IMPORTED', ...before.issues, 'NO_VOCOBASE_AGENT'],
            actions: [notImported.label, ...before.actions, noAgent.label],
            action_items: [notImported, ...before.action_items, noAgent],
          },
          readiness: await documentedReadiness(),
        },
      });
    });

    it('says exactly what is printed of a routing record that was there', async () => {
      await client();
      await purchased();
      await world.admin('POST', '/bots', { id: 93, bot_name: 'Vocobase +918011223344', client_id: 415 });
      await world.admin('POST', '/routing', { id: 120, did_id: 812 });
      const answer = await world.post('call-ready', request());
      const { data } = asPrinted(answer.json) as { data: { steps: Json[]; readiness: Json } };
      expect([data.steps[0], data.steps[4]]).toEqual(callReady.steps);
      expect(JSON.stringify(data.readiness)).toBe(JSON.stringify(await documentedReadiness()));
      expect(await world.writes()).toEqual(['routing.update']);
    });

    it('asked for the same again, finds it all done', async () => {
      await client();
      await purchased();
      await world.post('call-ready', request());
      const writes = await world.writes();
      const { data } = (
        await world.post('call-ready', { ...request(), did_id: undefined, did_number: '+918011223344' })
      ).json as unknown as { data: { ready: boolean; steps: { status: string }[] } };
      expect([data.ready, data.steps.map(({ status }) => status)]).toEqual([
        true,
        ['done', 'already', 'already', 'already', 'already', 'already'],
      ]);
      expect(await world.writes()).toEqual(writes);
    });

    it('maps an unmapped number to the client that is named, and to no other', async () => {
      await client();
      await world.admin('POST', '/dids', { did_id: 812, did_number: KEY });
      const unmapped = (await world.post('call-ready', { did_id: 812 })).json as unknown as {
        data: { ready: boolean; steps: { status: string; detail: string }[] };
      };
      expect(unmapped.data.steps[2]).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('give client_id') as string,
      });
      expect(await world.post('call-ready', request())).toMatchObject({ json: { data: { ready: true } } });
      await world.admin('POST', '/clients', { id: 416, username: 'client.416' });
      const other = (await world.post('call-ready', { did_id: 812, client_id: 416 }))
        .json as unknown as typeof unmapped;
      expect(other.data.steps[2]).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('never') as string,
      });
      expect((await world.admin('GET', '/dids/812'))['did']).toMatchObject({ clientId: 415, callRecording: 0 });
    });

    it('maps an unmapped number whose mapping brings a routing record, and points that to the bot', async () => {
      await client();
      await world.admin('PATCH', '/options', { routing_on_mapping: 'create' });
      await world.admin('POST', '/dids', { did_id: 812, did_number: KEY });
      const { data } = (await world.post('call-ready', request())).json as unknown as {
        data: { ready: boolean; steps: { detail: string }[] };
      };
      expect([data.ready, data.steps[4]?.detail]).toEqual([
        true,
        expect.stringMatching(/^Updated routing for DID \+918011223344 to outbound bot_id=\d+$/),
      ]);
      expect(await world.writes()).toEqual(['dids.map', 'bots.create', 'routing.update']);
    });

    it('with a number that nobody has purchased answers with the remedy and leaves no trace', async () => {
      const answer = await world.post('call-ready', { did_number: '918011223399' });
      expect(answer.status).toBe(200);
      expect(answer.json.data).toMatchObject({
        phone_number: '+918011223399',
        key: '918011223399',
        ready: false,
        readiness_before: null,
        readiness: null,
      });
      expect((await world.stores.keyStates.load(world.tenant.connectionId)).size).toBe(0);
    });

    it('when VoiceLink does not answer says that the outcome is unknown, and makes no second bot later', async () => {
      await client();
      await purchased();
      await world.admin('POST', '/faults', { endpoint: 'bots.create', kind: 'timeout_after', times: 1 });
      const answer = await world.post('call-ready', request());
      expect(answer.json).toMatchObject({ data: { ready: true } });
      await world.admin('DELETE', '/faults');
      expect((await world.writes()).filter((endpoint) => endpoint === 'bots.create')).toHaveLength(1);
    });
  });
});
