import { Scheduler } from './scheduler';
import { SimUpstream } from './sim-upstream';

const ignore = (): void => undefined;
const MINUTE_MS = 60_000;
/** Enough for every fault to be drawn many times, the late effect included. */
const SEEDS = 200;

const setUp = (seed: number): { readonly scheduler: Scheduler; readonly upstream: SimUpstream } => {
  const scheduler = new Scheduler(seed);
  const hooks = { arrives: ignore, takesEffect: ignore, changed: ignore, spoils: ignore, shows: ignore };
  return { scheduler, upstream: new SimUpstream(scheduler, hooks) };
};

/** A human deletes the bot while the update is on its way. */
const updateOfDeletedBot = async (seed: number): Promise<{ readonly kind: string; readonly botsAfter: number }> => {
  const { scheduler, upstream } = setUp(seed);
  const { id: clientId } = upstream.world.addClient();
  const { id: botId } = upstream.world.addBot(clientId);
  const fields = { name: 'main', websocketUrl: 'wss://voice.example/ws', active: true };
  const answer = upstream.updateBot(botId, fields, {});
  upstream.edit((world) => {
    world.deleteBot(botId);
  });
  await scheduler.clock.advance(MINUTE_MS);
  return { kind: (await answer).kind, botsAfter: upstream.world.bots.size };
};

describe('SimUpstream', () => {
  it('lets an update of a bot that is gone have no effect, at once or late', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { kind, botsAfter } = await updateOfDeletedBot(seed);
      expect({ seed, botsAfter }).toStrictEqual({ seed, botsAfter: 0 });
      seen.add(kind);
    }
    expect([...seen].sort()).toStrictEqual(['refused', 'unknown']);
  });
});
