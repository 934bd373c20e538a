import { canonicalKey, type DidKey } from '@dialtone/domain';
import { Engine, engineSettings } from '@dialtone/engine';
import { SystemClock } from '@dialtone/platform';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount } from '@dialtone/voicelink';
import { ProvisioningWorld } from './provisioning-world';

const CLIENT = 415;
const WORKERS = 2;

interface CallReady {
  readonly success: boolean;
  readonly data: {
    readonly key: string;
    readonly ready: boolean;
    readonly steps: readonly { readonly step: string; readonly status: string }[];
  };
}

describe('call-ready at the same time', () => {
  let world: ProvisioningWorld;
  let account: HttpVoiceLinkAccount;
  beforeAll(async () => {
    world = await ProvisioningWorld.start(2);
    const { simulator } = world;
    account = createVoiceLinkAccount({ baseUrl: simulator.url, credentials: simulator.credentials });
  });
  beforeEach(async () => {
    await world.reset();
    await world.admin('POST', '/clients', { id: CLIENT, username: 'client.415' });
    // Long enough for the others to come in between.
    for (const endpoint of ['bots.list', 'bots.create', 'routing.create'])
      await world.admin('POST', '/faults', { endpoint, kind: 'latency', ms: 40 });
  });
  afterAll(async () => {
    await account.close();
    await world.stop();
  });

  const purchase = async (nth: number): Promise<{ readonly didId: number; readonly key: DidKey }> => {
    const key = canonicalKey(`91801122${String(3300 + nth)}`);
    if (key === null) throw new Error('not a phone number');
    const didId = 812 + nth;
    await world.admin('POST', '/dids', { did_id: didId, did_number: key, client_id: CLIENT });
    return { didId, key };
  };

  const callReady = async (didId: number, gateway: number): Promise<CallReady> => {
    const answer = await world.post('call-ready', { did_id: didId, agent_id: world.tenant.agentId }, gateway);
    return answer.json;
  };

  /** As the reconciler would have it, on the same database. */
  const reconciler = (owner: string): Engine => {
    const { stores } = world;
    return new Engine({
      accounts: { open: () => Promise.resolve(account) },
      bindingQueue: stores.bindingQueue,
      sweepQueue: stores.sweepQueue,
      connections: stores.voiceLinkConnections,
      keyStates: stores.keyStates,
      phoneNumbers: stores.phoneNumbers,
      journal: stores.journal,
      leases: stores.leases,
      listMemories: stores.listMemories,
      storeClock: stores.clock,
      clock: new SystemClock(),
      observer: { reconciled: ignore, stepTaken: ignore, swept: ignore, failed: ignore },
      settings: engineSettings({
        defaultWebsocketUrl: 'wss://api.pipecat.daily.co/ws/twilio',
        resyncIntervalMs: 60_000,
        sweepIntervalMs: 60_000,
        leaseTtlMs: 5_000,
        voicelinkTimeoutMs: 500,
        voicelinkLateEffectMs: 100,
        voicelinkStaleReadsMs: 1_000,
        backoffBaseMs: 20,
        backoffCapMs: 100,
        guardMin: 10,
        guardPercent: 1,
        contestRepairs: 5,
        flapChanges: 0,
        flapSweeps: 20,
        contestWindowMs: 3_600_000,
        listLossPercent: 10,
        listLossBelievedAfterMs: 300_000,
        writeMode: 'enforce',
        dryRun: false,
      }),
      owner,
    });
  };

  /** Reconciles and sweeps whatever is due until `stop` aborts. */
  const runLoop = async (engine: Engine, stop: AbortSignal): Promise<void> => {
    const clock = new SystemClock();
    while (!stop.aborted) {
      await engine.sweepOnce();
      const claimed = await engine.claim(4);
      await Promise.all(claimed.map((one) => engine.reconcile(one)));
      await clock.sleep(5);
    }
  };

  const declare = (key: DidKey) =>
    world.stores.bindings.declare({
      partnerId: world.tenant.partnerId,
      connectionId: world.tenant.connectionId,
      key,
      spec: {
        agentId: world.tenant.agentId,
        clientId: null,
        botName: null,
        websocketUrl: null,
        mode: 'enforce',
        release: 'keep',
      },
      actor: 'test',
      precondition: { kind: 'none' },
    });

  const countOf = async (endpoint: string): Promise<number> =>
    (await world.writes()).filter((name) => name === endpoint).length;

  const expectOneEach = async (dids: readonly { readonly didId: number }[]): Promise<void> => {
    expect(await countOf('bots.create')).toBe(1);
    expect(await countOf('routing.create')).toBe(dids.length);
    expect(await countOf('routing.update')).toBe(0);
    const { rows } = await world.admin('GET', '/bots');
    expect(rows).toHaveLength(1);
  };

  it('as the reconciler: one bot of the client, one routing record for each number, and all ready', async () => {
    const dids = await Promise.all([0, 1, 2, 3].map(purchase));
    await Promise.all(dids.map(({ key }) => declare(key)));
    const stop = new AbortController();
    const loops = Array.from({ length: WORKERS }, (_, nth) =>
      runLoop(reconciler(`reconciler-${String(nth)}`), stop.signal),
    );
    const answers = await Promise.all(dids.map(({ didId }, nth) => callReady(didId, nth % 2)));
    stop.abort();
    await Promise.all(loops);
    expect(answers.map(({ data }) => data.ready)).toEqual(dids.map(() => true));
    await expectOneEach(dids);
    for (const { key } of dids) {
      expect(await world.stores.keyStates.loadOne(world.tenant.connectionId, key)).toMatchObject({ state: 'READY' });
    }
  });

  it('twice for the same number, in two gateways: one of them does it, the other finds it done', async () => {
    const dids = [await purchase(0)];
    const answers = await Promise.all([0, 1].map((gateway) => callReady(812, gateway)));
    expect(answers.map(({ data }) => data.ready)).toEqual([true, true]);
    const botSteps = answers.map(({ data }) => data.steps[3]?.status);
    expect(new Set(botSteps)).toEqual(new Set(['already', 'done']));
    await expectOneEach(dids);
  });

  it('for many numbers of one client, in two gateways: one bot for all', async () => {
    const dids = await Promise.all([0, 1, 2, 3, 4, 5].map(purchase));
    const answers = await Promise.all(dids.map(({ didId }, nth) => callReady(didId, nth % 2)));
    expect(answers.map(({ data }) => data.ready)).toEqual(dids.map(() => true));
    await expectOneEach(dids);
  });

  it('as syncs: each number is imported once, and no verdict is lost', async () => {
    const dids = await Promise.all([0, 1, 2].map(purchase));
    const answers = await Promise.all([
      world.post('sync', {}, 0),
      world.post('sync', {}, 1),
      world.post('sync', { import_dids: false }, 0),
      ...dids.map(({ didId }) => world.post('call-ready', { did_id: didId, agent_id: world.tenant.agentId }, 1)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await world.stores.phoneNumbers.rows(world.tenant.connectionId)).toHaveLength(dids.length);
    const last = (await world.post('sync', {})).json as unknown as { data: { readiness: { state: string }[] } };
    expect(last.data.readiness.map(({ state }) => state)).toEqual(dids.map(() => 'READY'));
    await expectOneEach(dids);
  });
});

const ignore = (): void => undefined;
