import { eventually, explained, startSystem, throughout, type System, type TrueDid } from './harness';

/** Seeded, so that every kind of DID is there without a declaration. */
const SEEDED = 40;

let system: System;
beforeAll(async () => {
  system = await startSystem({ dids: SEEDED });
});
afterAll(() => system.stop());

const driftOf = (key: string) => system.events?.drift(key) ?? [];
const STEPS = ['resolve_did', 'import_did', 'client_mapping', 'ensure_bot', 'ensure_routing', 'assign_agent'];

describe('a declared DID', () => {
  it(
    'goes from unmapped, without bot and without routing to READY, and its one drift is read from Kafka',
    explained(async () => {
      const { simulator, gateway } = system;
      const clientId = await simulator.addClient();
      const key = await simulator.addDid();
      await eventually(async () => {
        const row = (await gateway.readiness()).find((one) => one.key === key);
        expect(row).toMatchObject({ declared: false, state: 'NOT_IMPORTED', stale: false });
      });
      const before = await simulator.now();
      await system.declare(key, clientId);
      await system.allReady([key]);

      const calls = await simulator.journal(before);
      expect(calls.map(({ endpoint, effect }) => [endpoint, effect])).toEqual([
        ['dids.map', true],
        ['bots.create', true],
        ['routing.create', true],
      ]);
      const { did, bots, routing } = await simulator.did(key);
      expect(did).toMatchObject({ clientId, callRecording: 0 });
      expect(bots).toEqual([expect.objectContaining({ status: 1, name: `Vocobase +${key}` })]);
      expect(routing).toMatchObject({ forInboundCall: 1, forOutboundCall: 3, outboundBotId: bots[0]?.id, status: 1 });

      const drift = await eventually(() => {
        expect(driftOf(key).at(-1)?.type).toBe('dialtone.drift.resolved.v1');
        return driftOf(key);
      });
      expect(drift[0]?.type).toBe('dialtone.drift.detected.v1');
      expect(drift[0]?.data.issues).toEqual(expect.arrayContaining(['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING']));
      expect(drift.slice(1, -1).map(({ type }) => type)).toEqual(
        drift.slice(1, -1).map(() => 'dialtone.drift.changed.v1'),
      );
      expect(new Set(drift.map(({ data }) => data['drift_id'])).size).toBe(1);
      expect((await gateway.drift()).filter((row) => row.key === key)).toEqual([]);
      const row = (await gateway.readiness()).find((one) => one.key === key);
      expect(row).toMatchObject({ state: 'READY', issues: [], stale: false, declared: true });
      expect(row?.local_phone_number?.agent?.id).toBe(system.agentId);
      expect((await gateway.plan(key)).steps).toEqual(
        STEPS.map((step) => expect.objectContaining({ step, status: 'already' }) as unknown),
      );
    }),
  );

  it(
    'is not touched by declaring the same again; its ETag guards against lost updates',
    explained(async () => {
      const { simulator, gateway } = system;
      const { key, clientId } = await system.readyDid();
      const declaration = { agent_id: system.agentId, client_id: clientId };
      const published = (await system.delivered()).length;
      const journalled = await simulator.now();
      const again = await gateway.put(key, declaration);
      expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"']);
      await gateway.reconcile(key);
      await throughout(1500, async () => {
        expect(await simulator.now()).toBe(journalled);
        expect(system.events?.all().length).toBe(published);
      });
      expect(await system.delivered()).toHaveLength(published);

      const path = `/api/v2/voicelink/bindings/${key}`;
      const read = async (etag: string) => (await gateway.send(path, { headers: { 'if-none-match': etag } })).status;
      expect([await read('"1"'), await read('"2"')]).toEqual([304, 200]);
      const other = { ...declaration, agent_id: system.otherAgentId };
      const refused = [
        await gateway.put(key, other, { 'if-match': '"7"' }),
        await gateway.put(key, other, { 'if-none-match': '*' }),
      ];
      expect(refused.map(({ status }) => status)).toEqual([412, 412]);
      const taken = await gateway.put(key, other, { 'if-match': '"1"' });
      expect([taken.status, taken.headers.get('etag')]).toEqual([200, '"2"']);
      await system.allReady([key]);
      const row = (await gateway.readiness()).find((one) => one.key === key);
      expect(row?.local_phone_number?.agent?.id).toBe(system.otherAgentId);
      expect(await simulator.now()).toBe(journalled);
    }),
  );

  it(
    'is only looked at in observe mode, and the plan says what would be done',
    explained(async () => {
      const { simulator, gateway } = system;
      const before = await simulator.now();
      const { key } = await system.declaredDid({ mode: 'observe' });
      const binding = await eventually(async () => {
        const seen = await gateway.binding(key);
        expect(seen.status.outcome).toBe('stalled');
        return seen;
      });
      expect(binding.readiness.issues).toEqual(
        expect.arrayContaining(['NO_CLIENT_MAPPING', 'NO_BOT', 'ROUTING_MISSING']),
      );
      const { steps } = await gateway.plan(key);
      expect(steps.map(({ status, reason }) => reason ?? status)).toEqual([
        'already',
        ...Array<string>(5).fill('mode_observe'),
      ]);
      expect(await simulator.journal(before)).toEqual([]);
    }),
  );
});

/** The issues that the documents demand for a DID that is not imported, from its true state. */
const issuesOf = ({ did, bots, routing }: TrueDid): string[] => {
  const active = bots.filter(({ status }) => status === 1).map(({ id }) => id);
  const isServed =
    routing?.status === 1 && routing.forOutboundCall === 3 && active.includes(routing.outboundBotId ?? 0);
  const found: Readonly<Record<string, boolean>> = {
    REMOTE_DID_EXPIRED: did.isExpired,
    NOT_IMPORTED: true,
    NO_CLIENT_MAPPING: did.clientId === null,
    NO_BOT: active.length === 0,
    ROUTING_MISSING: routing === null,
    ROUTING_CHANGED: routing !== null && !isServed,
    NO_VOCOBASE_AGENT: true,
  };
  return Object.keys(found).filter((issue) => found[issue] === true);
};

describe('readiness and drift', () => {
  it(
    'are those of the true state of every DID of the account, and agree with each other',
    explained(async () => {
      const truth = await system.simulator.allDids(SEEDED);
      const rows = (await system.gateway.readiness()).filter(({ declared }) => !declared);
      const issuesByKey = new Map(truth.map((one) => [one.did.number, issuesOf(one)]));
      expect(new Map(rows.map(({ key, issues }) => [key, issues]))).toEqual(issuesByKey);
      expect(rows.map(({ state, stale }) => [state, stale])).toEqual(rows.map(({ issues }) => [issues[0], false]));
      const drift = (await system.gateway.drift()).filter(({ key }) => issuesByKey.has(key));
      const pick = ({ key, state, issues, stale }: (typeof drift)[number] | (typeof rows)[number]) => ({
        ...{ key, state, issues, stale },
      });
      expect(drift.map(pick)).toEqual(rows.map(pick));
      expect(new Set(drift.map(({ drift_id }) => drift_id)).size).toBe(SEEDED);
      for (const { key, drift_id } of drift) {
        const [detected, ...later] = await eventually(() => {
          expect(driftOf(key)).not.toEqual([]);
          return driftOf(key);
        });
        expect(detected).toMatchObject({ type: 'dialtone.drift.detected.v1', data: { drift_id, declared: false } });
        expect(later).toEqual([]);
      }
    }),
  );
});
