import type { DidKey, SectionWarning } from '@dialtone/domain';
import type { SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, updateOf } from '@dialtone/testing';
import { poolUse } from '../pool-use';
import type { WorkCounts } from './work-stats';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});

const { query } = postgres;
const declare = async (on = connection): Promise<DidKey> => {
  const spec = aSpec({ agentId: await postgres.given.agent(on.partnerId) });
  const key = aDidKey();
  await postgres.given.declare({ connectionId: on.id, key, spec });
  return key;
};
/** Longer ago than anything that these tests store as observed. */
const FRESH_MS = Date.now();
const counts = (maxConnections = 10): Promise<WorkCounts> =>
  postgres.stores.stats.counts({ cursors: ['kafka'], maxConnections, freshForMs: FRESH_MS });
const about = async ({ id }: SweepableConnection): Promise<WorkCounts['connections'][number]> => {
  const found = (await counts()).connections.find((one) => one.connection === id);
  if (found === undefined) throw new Error('The connection is not counted.');
  return found;
};
const about100 = expect.closeTo(100, -1) as number;
const sweep = async (report: {
  warnings?: readonly SectionWarning[];
  error?: string;
  refused?: boolean;
}): Promise<void> => {
  const claimed = await postgres.stores.sweepQueue.claimSweepOf(connection.id, 'me', 60_000);
  if (claimed === null) throw new Error('Somebody has the sweep.');
  const { warnings = [], error = null, refused = false } = report;
  await postgres.stores.sweepQueue.completeSweep(claimed, { warnings, error, credentialsRefused: refused }, 0);
};

describe('counting work', () => {
  it('counts the lists that are suspect as a whole', async () => {
    const memory = { listed: [], missing: [], confirmed: null, clients: {} };
    const { listMemories } = postgres.stores;
    await listMemories.save(connection.id, 'dids', { ...memory, suspectSince: Date.now() }, null);
    await listMemories.save(connection.id, 'bots', { ...memory, suspectSince: null }, null);
    expect(await about(connection)).toMatchObject({ suspectLists: 1 });
  });

  it('finds nothing to do where nothing is', async () => {
    expect(await counts()).toEqual({
      bindingsDue: 0,
      bindingsByOutcome: {},
      cursors: [{ cursor: 'kafka', unsent: 0, oldestUnsentSeconds: 0 }],
      unsequenced: { events: 0, oldestSeconds: 0 },
      pauses: { standing: 0, oldestSeconds: 0 },
      leasesByKind: {},
      connections: [
        {
          connection: connection.id,
          dids: [],
          oldestUnreadySeconds: 0,
          openDrifts: 0,
          driftsByIssue: {},
          advisoriesByCode: {},
          sharing: 0,
          oldestDueSeconds: 0,
          unresolvedWrites: 0,
          oldestUnresolvedWriteSeconds: 0,
          held: 0,
          refused: 0,
          suspectLists: 0,
          contested: 0,
          lastCompleteSweepAt: expect.closeTo(Date.now() / 1000, -2) as number,
        },
      ],
    });
  });

  it('tells for how long a declared number has not been READY, from its declaration at most', async () => {
    const [ready, long, late] = [await declare(), await declare(), await declare()];
    await query(`update dids set ready_since = now() - interval '900 seconds'`);
    await query(`update dids set state = 'READY' where key = $1`, [ready]);
    await query(`update bindings set placed_at = now() - interval '1 day' where key <> $1`, [late]);
    expect(await about(connection)).toMatchObject({ oldestUnreadySeconds: expect.closeTo(900, -2) as number });
    await query(`update dids set ready_since = null, state_since = now() - interval '100 seconds' where key = $1`, [
      long,
    ]);
    expect(await about(connection)).toMatchObject({ oldestUnreadySeconds: about100 });
    await query(`delete from bindings where key = $1`, [long]);
    expect((await about(connection)).oldestUnreadySeconds).toBeLessThan(60);
  });

  it('counts the pauses that stand, and the age of the oldest', async () => {
    await query(
      `insert into pauses (id, partner_id, reason, actor, begun_at, until, ended_at)
       select gen_random_uuid(), $1, 'test', 'admin', now() - age * interval '1 second', now() + ends * interval '1 hour',
              case when is_over then now() end
         from (values (50, 1, false), (100, 1, false), (200, -1, false), (300, 1, true)) as p (age, ends, is_over)`,
      [connection.partnerId],
    );
    expect(await counts()).toMatchObject({ pauses: { standing: 2, oldestSeconds: about100 } });
  });

  it('counts bindings, verdicts and drifts by connection', async () => {
    const [one, two] = [await declare(), await declare()];
    const listed = aDidKey();
    await query(`update bindings set due_at = now() - interval '100 seconds' where key = $1`, [one]);
    await query(`update bindings set due_at = now() + interval '1 hour', outcome = 'settled' where key = $1`, [two]);
    const updates = [one, listed].map((key) => updateOf(key, { issues: ['NO_BOT', 'ROUTING_MISSING'] }));
    await postgres.stores.keyStates.apply(connection.id, updates, { makeDue: false });
    await postgres.stores.keyStates.apply(connection.id, [updateOf(two, { incomplete: true })], { makeDue: false });
    await postgres.stores.leases.acquire('did:a/1', 'me', 60_000);
    await postgres.stores.leases.acquire('sequencer', 'me', 60_000);
    await postgres.stores.leases.acquire('did:a/2', 'me', 0);
    expect(await counts()).toMatchObject({
      bindingsDue: 1,
      bindingsByOutcome: { pending: 1, settled: 1 },
      leasesByKind: { did: 1, sequencer: 1 },
    });
    const { dids, ...rest } = await about(connection);
    expect(rest).toMatchObject({
      openDrifts: 2,
      driftsByIssue: { NO_BOT: 2, ROUTING_MISSING: 2 },
      oldestDueSeconds: about100,
    });
    expect(dids).toHaveLength(3);
    expect(dids).toEqual(
      expect.arrayContaining([
        { declared: true, state: 'NO_BOT', count: 1, stale: 0 },
        { declared: false, state: 'NO_BOT', count: 1, stale: 0 },
        { declared: true, state: 'UNKNOWN', count: 1, stale: 1 },
      ]),
    );
  });

  it('tells the oldest connections apart and adds up the others, and leaves out what nobody works on', async () => {
    const [second, third, gone] = [
      await postgres.given.connection(),
      await postgres.given.connection(),
      await postgres.given.connection(),
    ];
    for (const place of [connection, second, third, third, gone]) await declare(place);
    await postgres.given.disconnect(gone.id);
    for (const place of [second, third]) await postgres.stores.voiceLinkConnections.holdWrites(place.id, 'too many');
    await query(`update connections set created_at = now() - interval '100 seconds' where id = $1`, [third.id]);
    const found = await counts(1);
    const shown = found.connections.map((one) => [one.connection, one.held, one.dids.map(({ count }) => count)]);
    expect(shown).toEqual([
      [third.id, 1, [2]],
      ['other', 1, [2]],
    ]);
    expect(found.bindingsDue).toBe(4);
  });

  it('counts writes whose outcome is not known, and the age of the oldest', async () => {
    for (const [state, age] of [
      ['pending', 50],
      ['unknown', 100],
      ['done', 500],
      ['applied', 500],
    ]) {
      await query(
        `insert into upstream_writes (connection_id, key, actor, step, target, generation, body, lease_epochs, state, started_at)
         values ($1, '1', 'me', 'ensure_bot', 'bot-create:1', 1, '{}', '{}', $2, now() - $3 * interval '1 second')`,
        [connection.id, state, age],
      );
    }
    expect(await about(connection)).toMatchObject({ unresolvedWrites: 2, oldestUnresolvedWriteSeconds: about100 });
  });

  it('dates the last sweep that read everything, and says while credentials are refused', async () => {
    const bots: SectionWarning = { section: 'bots', code: 'TRUNCATED', message: 'cut off' };
    const long = (await about(connection)).lastCompleteSweepAt;
    await sweep({ warnings: [bots] });
    await sweep({ error: 'VoiceLink is away', refused: true });
    expect(await about(connection)).toMatchObject({ lastCompleteSweepAt: long, refused: 1 });
    await sweep({});
    const after = await about(connection);
    expect(after.lastCompleteSweepAt).toBeGreaterThan(long);
    expect(after.refused).toBe(0);
  });

  it('leaves everything as it was when no list was read', async () => {
    await sweep({ error: 'refused', refused: true });
    const { lastCompleteSweepAt } = await about(connection);
    const claimed = await postgres.stores.sweepQueue.claimSweepOf(connection.id, 'me', 60_000);
    if (claimed === null) throw new Error('Somebody has the sweep.');
    const stored = (): Promise<unknown> =>
      query(`select last_verified_at, observed_through, last_error_message from connections`);
    const before = await stored();
    await postgres.stores.sweepQueue.completeSweep(claimed, { warnings: null, error: null }, 0);
    expect(await about(connection)).toMatchObject({ lastCompleteSweepAt, refused: 1 });
    expect(await stored()).toEqual(before);
  });

  it('counts as stale what the last look did not confirm, and what no look has confirmed for too long', async () => {
    const [declared, listed, unsure] = [await declare(), aDidKey(), await declare()];
    const never = await declare();
    const seen = [declared, listed].map((key) => updateOf(key, {}));
    await postgres.stores.keyStates.apply(connection.id, seen, { makeDue: false });
    await postgres.stores.keyStates.apply(connection.id, [updateOf(unsure, { incomplete: true })], { makeDue: false });
    await query(`update dids set observed_at = now() - interval '1 day' where key <> $1 and not stale`, [never]);
    await query(`update connections set observed_through = now() - interval '100 seconds'`);
    const stale = async (freshForMs: number): Promise<unknown> => {
      const all = await postgres.stores.stats.counts({ cursors: [], maxConnections: 9, freshForMs });
      const told = await postgres.stores.stats.stale({ maxConnections: 9, freshForMs });
      const sums = [true, false].map((is) =>
        (all.connections[0]?.dids ?? []).reduce((sum, one) => (one.declared === is ? sum + one.stale : sum), 0),
      );
      expect(told).toEqual([
        { connection: connection.id, declared: true, stale: sums[0] },
        { connection: connection.id, declared: false, stale: sums[1] },
      ]);
      return sums;
    };
    expect(await stale(110_000)).toEqual([1, 0]);
    expect(await stale(90_000)).toEqual([2, 1]);
    await query(`update dids set stale = false`);
    expect(await stale(110_000)).toEqual([0, 0]);
  });

  it('counts advisories by code, and no verdict as stale that ended because another connection answers', async () => {
    const [kept, left] = [await declare(), await declare()];
    const advisories = [{ code: 'BOT_MISMATCH', message: 'Calls go to bot_id=61' }] as const;
    const updates = [kept, left].map((key) => ({ ...updateOf(key, {}), advisories }));
    await postgres.stores.keyStates.apply(connection.id, updates, { makeDue: false });
    expect(await about(connection)).toMatchObject({ advisoriesByCode: { BOT_MISMATCH: 2 }, sharing: 0 });
    await postgres.stores.keyStates.end(connection.id, [left]);
    const { dids, ...rest } = await about(connection);
    expect(rest).toMatchObject({ advisoriesByCode: { BOT_MISMATCH: 1 } });
    expect(dids.find(({ state }) => state === 'UNKNOWN')).toMatchObject({ count: 1, stale: 0 });
  });

  it('says of every connection that none is stale', async () => {
    expect(await postgres.stores.stats.stale({ maxConnections: 9, freshForMs: 1 })).toEqual([
      { connection: connection.id, declared: true, stale: 0 },
      { connection: connection.id, declared: false, stale: 0 },
    ]);
  });

  it('tells how far a cursor is behind, counting what has no position yet', async () => {
    const log = async (): Promise<void> => {
      await postgres.stores.voiceLinkConnections.holdWrites((await postgres.given.connection()).id, 'too many');
    };
    await log();
    await postgres.stores.sequencer.assign(10);
    await log();
    await query(`update event_log set created_at = now() - interval '100 seconds' where position = 1`);
    await query(`update event_log set created_at = now() - interval '50 seconds' where position is null`);
    const about50 = expect.closeTo(50, -1) as number;
    const before = await counts();
    expect(before.cursors).toEqual([{ cursor: 'kafka', unsent: 2, oldestUnsentSeconds: about100 }]);
    expect(before.unsequenced).toEqual({ events: 1, oldestSeconds: about50 });
    await postgres.stores.cursors.advance('kafka', 0n, 1n);
    expect((await counts()).cursors).toEqual([{ cursor: 'kafka', unsent: 1, oldestUnsentSeconds: about50 }]);
  });

  it('shows readers of one kind as the slowest of them', async () => {
    for (let i = 0; i < 3; i += 1)
      await postgres.stores.voiceLinkConnections.holdWrites((await postgres.given.connection()).id, 'x');
    await postgres.stores.sequencer.assign(10);
    await postgres.stores.cursors.advance('kafka', 0n, 3n);
    await postgres.stores.cursors.advance('hook:a', 0n, 2n);
    await postgres.stores.cursors.advance('hook:b', 0n, 1n);
    const { cursors } = await counts();
    expect(Object.fromEntries(cursors.map(({ cursor, unsent }) => [cursor, unsent]))).toEqual({ hook: 2, kafka: 0 });
  });
});

describe('the pool of connections', () => {
  it('says how many are busy, idle and waited for', async () => {
    const source = await postgres.database.connect(2);
    const runners = [source.createQueryRunner(), source.createQueryRunner()];
    for (const runner of runners) await runner.connect();
    const waiting = source.query('select 1');
    expect(poolUse(source)).toEqual({ busy: 2, idle: 0, waiting: 1, limit: 2 });
    for (const runner of runners) await runner.release();
    await waiting;
    expect(poolUse(source)).toMatchObject({ busy: 0, waiting: 0 });
  });
});
