import type { StoredEvent } from '@dialtone/contracts';
import type { DidKey, Issue } from '@dialtone/domain';
import type { SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { Client } from 'pg';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});

describe('a transaction that logs many events', () => {
  const MANY = 30;
  const keysOf = (count: number) => Array.from({ length: count }, () => aDidKey());
  const logOf = (keys: readonly DidKey[], at = OBSERVED_AT) => {
    const issues: readonly Issue[] = at % 2 === 0 ? ['NO_BOT'] : ['ROUTING_MISSING'];
    const updates = keys.map((key) => updateOf(key, { issues, at }));
    return postgres.stores.keyStates.apply(connection.id, updates, { makeDue: false });
  };
  const positionsFrom = async (after: bigint) =>
    (await postgres.stores.events.read(after, 10_000)).map(({ position }) => position);

  it('gives them their positions as it commits, after what was logged before and has none yet', async () => {
    const [first = aDidKey(), ...others] = keysOf(MANY);
    await logOf([first]);
    await logOf([first, ...others], OBSERVED_AT + 1);
    const events = await postgres.stores.events.read(0n, 1_000);
    expect(events.length).toBeGreaterThan(MANY);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, nth) => BigInt(nth + 1)));
    expect(events.filter(({ key }) => key === first).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await postgres.stores.events.lastPosition()).toBe(BigInt(events.length));
    expect(await postgres.stores.sequencer.assign(10)).toBe(0);
  });

  it('writes each of them once', async () => {
    await logOf(keysOf(MANY));
    expect(await postgres.query(`select count(*)::int as count from event_log where xmax <> 0`)).toEqual([
      { count: 0 },
    ]);
  });

  it('leaves no gap when it does not commit', async () => {
    await logOf(keysOf(MANY));
    const before = await postgres.stores.events.lastPosition();
    const runner = new Client({ connectionString: postgres.database.url });
    await runner.connect();
    await runner.query('begin');
    expect((await runner.query('select give_positions(7)::int as base')).rows).toEqual([{ base: Number(before) }]);
    await runner.query('rollback');
    await runner.end();
    await logOf(keysOf(MANY));
    const positions = await positionsFrom(0n);
    expect(positions).toEqual(positions.map((_, nth) => BigInt(nth + 1)));
  });

  it('leaves them to the sequencer while more than one look of it waits', async () => {
    await postgres.query(
      `insert into event_log (type, partner_id, connection_id, key, seq, data)
       select 'earlier', $1, $2, '1', n, '{}' from generate_series(1, 1001) n`,
      [connection.partnerId, connection.id],
    );
    await logOf(keysOf(MANY));
    expect(await positionsFrom(0n)).toHaveLength(1_000);
    while ((await postgres.stores.sequencer.assign(1_000)) > 0);
    const types = (await postgres.stores.events.read(0n, 10_000)).map(({ type }) => type as string);
    expect(types.slice(0, 1_001).every((type) => type === 'earlier')).toBe(true);
    expect(types.length).toBeGreaterThan(1_001 + MANY);
  });

  it('keeps others from giving positions for two seconds at most when its process is paused', async () => {
    const paused = new Client({ connectionString: postgres.database.url });
    const ended = new Promise((resolve) => paused.on('error', resolve));
    await paused.connect();
    await paused.query('begin');
    await paused.query('select give_positions(7)');
    await logOf(keysOf(1));
    const asked = performance.now();
    expect(await postgres.stores.sequencer.assign(10)).toBeGreaterThan(0);
    expect(performance.now() - asked).toBeLessThan(4_000);
    await ended;
    expect((await positionsFrom(0n))[0]).toBe(1n);
  });

  it('shows a reader no position below one that it has read, among many writers and sequencers', async () => {
    const keys = keysOf(MANY);
    const groups = Array.from({ length: 4 }, () => keysOf(MANY));
    const over = new AbortController();
    const read: StoredEvent[] = [];
    const readOn = async () => {
      read.push(...(await postgres.stores.events.read(read.at(-1)?.position ?? 0n, 10_000)));
    };
    const reading = (async () => {
      while (!over.signal.aborted) await readOn();
    })();
    const sequencing = (async () => {
      while (!over.signal.aborted) await postgres.stores.sequencer.assign(3);
    })();
    const rounds = Array.from({ length: 6 }, (_, nth) => OBSERVED_AT + nth);
    const writing = [
      ...groups.map(async (group) => {
        for (const at of rounds) await logOf([...group, ...keys], at);
      }),
      ...keys.slice(0, 3).map(async (key) => {
        for (const at of rounds) await logOf([key], at);
      }),
    ];
    await Promise.all(writing);
    while ((await postgres.stores.sequencer.assign(100)) > 0);
    over.abort();
    await Promise.all([reading, sequencing]);
    await readOn();
    expect(read.map(({ position }) => position)).toEqual(read.map((_, nth) => BigInt(nth + 1)));
    expect(read).toHaveLength((await postgres.events()).length);
    for (const events of Map.groupBy(read, ({ key }) => key).values()) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, nth) => nth + 1));
    }
  });
});
