import { InMemoryVoiceLink } from './in-memory-voicelink';
import { RemoteWorld } from './remote-world';
import { describeVoiceLinkAccount } from './voicelink-account.contract';
import type { FreeDid, VoiceLinkHarness } from './voicelink-harness';
import { listedDid, type StoredDid } from './remote-records';

const taken = <T>(pool: T[]): T => {
  const next = pool.shift();
  if (next === undefined) throw new Error('the seeded world is used up');
  return next;
};

const seededWorld = (): { world: RemoteWorld; clients: number[]; free: StoredDid[] } => {
  const world = new RemoteWorld();
  const clients = Array.from({ length: 6 }, () => world.addClient().id);
  const owner = clients[5] ?? 0;
  const bot = world.addBot(owner, { name: 'seeded', webhookUrl: 'https://voice.example/events' });
  world.addBot(owner, { name: 'seeded too' });
  const ready = world.addDid('918000000001', { clientId: owner });
  world.addRouting(ready.didId, { forOutboundCall: 3, outboundBotId: bot.id });
  const free = Array.from({ length: 6 }, (_, index) => world.addDid(`9180000001${String(index).padStart(2, '0')}`));
  return { world, clients, free };
};

const makeHarness = (): Promise<VoiceLinkHarness> => {
  const { world, clients, free } = seededWorld();
  const account = new InMemoryVoiceLink({ world });
  const dryRunAccount = new InMemoryVoiceLink({ world, dryRun: true });
  const nextDid = (): Promise<FreeDid> => {
    const { key, didId, didNumber } = listedDid(taken(free));
    return Promise.resolve({ key, didId, didNumber });
  };
  const act =
    <A extends readonly unknown[]>(change: (...args: A) => void) =>
    (...args: A): Promise<void> => {
      change(...args);
      return Promise.resolve();
    };
  return Promise.resolve({
    account,
    dryRunAccount,
    freeDid: nextDid,
    clientId: () => Promise.resolve(taken(clients)),
    meddle: {
      unmap: act(({ didId }) => {
        world.editDid(didId, { clientId: null });
      }),
      deleteDid: act(({ didId }) => {
        world.deleteDid(didId);
      }),
      expire: act(({ didId }) => {
        world.editDid(didId, { expired: true });
      }),
      deleteRouting: act(({ didId }) => {
        world.deleteRouting(didId);
      }),
      editInbound: act(({ didId }, forInboundCall) => {
        world.editRouting(didId, { forInboundCall, inboundBotId: null });
      }),
      deactivateBot: act((botId) => {
        world.editBot(botId, { active: false });
      }),
      misreportBot: act((botId) => {
        world.editBot(botId, { misreported: true });
      }),
    },
    inject: act((fault) => {
      // The adapter reads up to three times before it gives up; here one failed read is one failed listing.
      account.inject(fault.kind === 'fail' ? { ...fault, times: 1 } : fault);
    }),
    journal: () =>
      Promise.resolve(
        [...account.journal, ...dryRunAccount.journal].map(({ operation, effect }) => ({ operation, effect })),
      ),
    settleLate: act(() => {
      account.settleLate();
    }),
    close: () => Promise.resolve(),
  });
};

describeVoiceLinkAccount('InMemoryVoiceLink', makeHarness);

describe('InMemoryVoiceLink beyond the port', () => {
  it('lets late effects come when its clock says so', async () => {
    let now = 0;
    const upstream = new InMemoryVoiceLink({ now: () => now });
    const clientId = upstream.world.addClient().id;
    upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: 5000 });
    await upstream.createBot({ clientId, name: 'late', websocketUrl: 'wss://x.example', active: true });
    now = 4999;
    expect((await upstream.list('bots')).rows).toEqual([]);
    expect(upstream.effects('bots.create')).toHaveLength(0);
    now = 5000;
    expect((await upstream.list('bots')).rows).toHaveLength(1);
    expect(upstream.effects('bots.create')).toHaveLength(1);
  });

  it('pauses around each call, so that a scheduler can put others in between', async () => {
    const seen: string[] = [];
    const pause = (operation: string, phase: string): Promise<void> => {
      seen.push(`${phase} ${operation}`);
      return Promise.resolve();
    };
    const upstream = new InMemoryVoiceLink({ pause });
    await upstream.list('routing');
    await upstream.mapDid({ didId: 1, clientId: 1, callRecording: 0 });
    expect(seen).toEqual(['before routing', 'after routing', 'before dids.map', 'after dids.map']);
  });

  it('refuses to map a DID away from another client', async () => {
    const upstream = new InMemoryVoiceLink();
    const [mine, theirs] = [upstream.world.addClient().id, upstream.world.addClient().id];
    const { didId } = upstream.world.addDid('918000000001', { clientId: theirs });
    const outcome = await upstream.mapDid({ didId, clientId: mine, callRecording: 0 });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'rejected' } });
    expect(upstream.world.dids.get(didId)?.clientId).toBe(theirs);
  });

  it('truncates as far as it is told', async () => {
    const upstream = new InMemoryVoiceLink();
    for (let index = 0; index < 5; index += 1) upstream.world.addClient();
    upstream.inject({ on: 'clients', kind: 'truncate', leaveOff: 3 });
    expect((await upstream.list('clients')).rows).toHaveLength(2);
  });

  it('forgets planned faults when they are cleared', async () => {
    const upstream = new InMemoryVoiceLink();
    upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    upstream.faults.clear();
    expect((await upstream.list('bots')).status).toBe('complete');
  });
});
