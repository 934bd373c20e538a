import type { DidKey, Issue } from '@dialtone/domain';
import type { SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, expectSoundEvents, updateOf } from '@dialtone/testing';

const postgres = usePostgres();
const { query } = postgres;
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

/** Each look is later than the one before. */
let looks = 0;

const see = async (keys: readonly DidKey[], issues: readonly Issue[] = []): Promise<void> => {
  looks += 1;
  const updates = keys.map((key) => updateOf(key, { issues, at: Date.now() + looks }));
  const deployment = { mode: 'enforce', dryRun: false } as const;
  await postgres.stores.keyStates.apply(connection.id, updates, { makeDue: false, freshForMs: 60_000, deployment });
};

const declare = async (): Promise<DidKey> => {
  const key = aDidKey();
  const spec = aSpec({ agentId: await postgres.given.agent(connection.partnerId) });
  await postgres.given.declare({ connectionId: connection.id, key, spec });
  return key;
};

/** As if the declaration and all that is dated had happened so much earlier. */
const letPass = async (seconds: number): Promise<void> => {
  const ago = `interval '${String(seconds)} seconds'`;
  await query(`update bindings set updated_at = updated_at - ${ago}, placed_at = placed_at - ${ago}`);
  await query(`update dids set observed_at = observed_at - ${ago}, ready_since = ready_since - ${ago}`);
};

const settle = async (): Promise<void> => {
  const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, 60_000);
  if (claimed === undefined) throw new Error('Nothing was due.');
  await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, 60_000);
};

const tookAbout = (seconds: number): number => expect.closeTo(seconds * 1_000, -4) as number;

describe('how long numbers waited', () => {
  it('is told of each number that is READY for the first time, from its declaration', async () => {
    const keys = [await declare(), await declare()];
    await letPass(100);
    await see(keys, ['NO_BOT']);
    expect(postgres.timings).toEqual([]);
    await letPass(50);
    await see(keys);
    const told = { kind: 'ready', start: 'declared', tookMs: tookAbout(150) };
    expect(postgres.timings).toEqual([told, told]);
  });

  it('is told of a drift, and of its repair, once the declaration was fulfilled', async () => {
    const key = await declare();
    await see([key]);
    await settle();
    await letPass(90);
    await see([key], ['NO_BOT']);
    await letPass(30);
    await see([key]);
    expect(postgres.timings.slice(1)).toEqual([
      { kind: 'detected', isDeclared: true, tookMs: tookAbout(90) },
      { kind: 'ready', start: 'drift', tookMs: tookAbout(30) },
    ]);
  });

  it('counts from the last complete sweep, and tells of numbers that nobody declared', async () => {
    const key = aDidKey();
    await see([key]);
    await letPass(300);
    await query(`update connections set observed_through = now() - interval '40 seconds'`);
    await see([key], ['NO_BOT']);
    await see([key]);
    expect(postgres.timings).toEqual([{ kind: 'detected', isDeclared: false, tookMs: tookAbout(40) }]);
  });

  it('leaves out a pause that is over, and says nothing during one', async () => {
    const keys = [await declare(), await declare()] as const;
    await see(keys, ['NO_BOT']);
    await letPass(500);
    const pause = (key: DidKey, endedAt: string) =>
      query(
        `insert into pauses (id, partner_id, connection_id, key, reason, actor, begun_at, until, ended_at)
         values (gen_random_uuid(), $1, $2, $3, 'test', 'admin', now() - interval '400 seconds', now() + interval '1 hour', ${endedAt})`,
        [connection.partnerId, connection.id, key],
      );
    await pause(keys[0], `now() - interval '20 seconds'`);
    await pause(keys[1], 'null');
    await see(keys);
    expect(postgres.timings).toEqual([{ kind: 'ready', start: 'allowed', tookMs: tookAbout(20) }]);
  });

  it('is not told when the statement about it fails, and the verdict is stored all the same', async () => {
    const key = await declare();
    await see([key], ['NO_BOT']);
    await query('alter table pauses rename to pauses_away');
    try {
      await see([key]);
    } finally {
      await query('alter table pauses_away rename to pauses');
    }
    expect(postgres.timings).toEqual([]);
    expect((await postgres.stores.keyStates.loadOne(connection.id, key))?.state).toBe('READY');
  });
});
