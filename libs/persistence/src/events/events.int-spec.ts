import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { Client } from 'pg';
import { WAKE_CHANNEL } from '../db';
import { createListener, type WakeReason } from '../listener';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});

/** Logs one event. */
const log = async (place = connection): Promise<void> => {
  await postgres.stores.keyStates.apply(place.id, [updateOf(aDidKey(), { at: OBSERVED_AT })], { makeDue: false });
};

const until = async (what: () => boolean): Promise<void> => {
  for (let nth = 0; nth < 200 && !what(); nth += 1) await sleep(20);
  expect(what()).toBe(true);
};

describe('the sequencer', () => {
  it('numbers events from 1 without a gap, in the order in which they were logged', async () => {
    for (let nth = 0; nth < 5; nth += 1) await log();
    expect(await postgres.stores.events.read(0n, 10)).toEqual([]);
    expect([
      await postgres.stores.sequencer.assign(3),
      await postgres.stores.sequencer.assign(3),
      await postgres.stores.sequencer.assign(3),
    ]).toEqual([3, 2, 0]);
    const events = await postgres.stores.events.read(0n, 10);
    expect(events.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n]);
    const logged = await postgres.events();
    expect(events.map(({ event_id }) => event_id)).toEqual(logged.map(({ event_id }) => event_id));
    expect(await postgres.stores.events.lastPosition()).toBe(5n);
  });

  it('numbers an event that commits late after those that it sees, and loses none', async () => {
    const late = new Client({ connectionString: postgres.database.url });
    await late.connect();
    await late.query('begin');
    await late.query(
      `insert into event_log (type, partner_id, connection_id, key, seq, data) values ('late', $1, $2, '1', 1, '{}')`,
      [connection.partnerId, connection.id],
    );
    await log();
    expect(await postgres.stores.sequencer.assign(10)).toBe(1);
    await late.query('commit');
    await late.end();
    expect(await postgres.stores.sequencer.assign(10)).toBe(1);
    const events = await postgres.stores.events.read(0n, 10);
    expect(events.map(({ type, position }) => [type, position])).toEqual([
      ['dialtone.readiness.changed.v1', 1n],
      ['late', 2n],
    ]);
  });

  it('shows what it numbers as the log has it, in order, unless that is too much', async () => {
    const { sequencer, events } = postgres.stores;
    expect(await sequencer.assignAndShow(10, 10)).toEqual({ count: 0, events: [] });
    for (let nth = 0; nth < 5; nth += 1) await log();
    expect(await sequencer.assignAndShow(2, 1)).toEqual({ count: 2, events: [] });
    const rest = await sequencer.assignAndShow(10, 3);
    expect(rest).toEqual({ count: 3, events: await events.read(2n, 10) });
    expect(rest.events.map(({ position }) => position)).toEqual([3n, 4n, 5n]);
  });

  it('keeps numbers unique and gap-free when several processes assign them while events are logged', async () => {
    const logging = Promise.all(Array.from({ length: 40 }, () => log()));
    let assigned = 0;
    while (assigned < 40) {
      const counts = await Promise.all([postgres.stores.sequencer.assign(4), postgres.stores.sequencer.assign(7)]);
      assigned += counts[0] + counts[1];
    }
    await logging;
    const positions = (await postgres.stores.events.read(0n, 100)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 40 }, (_, nth) => BigInt(nth + 1)));
  });

  it('keeps the order of one DID through concurrent writers', async () => {
    const key = aDidKey();
    const updates = Array.from({ length: 20 }, (_, nth) =>
      updateOf(key, { issues: nth % 2 === 0 ? ['NO_BOT'] : ['ROUTING_MISSING'], at: OBSERVED_AT + nth }),
    );
    await Promise.all(
      updates.map((update) => postgres.stores.keyStates.apply(connection.id, [update], { makeDue: false })),
    );
    await postgres.stores.sequencer.assign(100);
    const seqs = (await postgres.stores.events.read(0n, 100)).map(({ seq }) => seq);
    expect(seqs.length).toBeGreaterThan(1);
    expect(seqs).toEqual(seqs.map((_, nth) => nth + 1));
  });
});

describe('the event log', () => {
  it("reads on from a position, all events or one partner's", async () => {
    const other = await postgres.given.connection();
    for (const place of [connection, other, connection]) await log(place);
    await postgres.stores.sequencer.assign(10);
    const positions = async (after: bigint, limit: number): Promise<readonly bigint[]> =>
      (await postgres.stores.events.read(after, limit)).map(({ position }) => position);
    expect(await positions(0n, 2)).toEqual([1n, 2n]);
    expect(await positions(2n, 2)).toEqual([3n]);
    const { partnerId } = connection;
    const { events: own } = await postgres.stores.eventWatch.read({ partnerId, after: 0n, limit: 10 });
    expect(own.map(({ position }) => position)).toEqual([1n, 3n]);
    expect(own[0]).toMatchObject({ seq: 1, created_at: expect.any(Date) as Date });
  });
});

describe('pruning', () => {
  it('deletes old events that the cursor has passed, oldest first, and numbers go on', async () => {
    for (let nth = 0; nth < 4; nth += 1) await log();
    await postgres.stores.sequencer.assign(10);
    await postgres.query(`update event_log set created_at = now() - interval '2 hours' where position <> 3`);
    await postgres.stores.cursors.advance('kafka', 0n, 3n);
    const cursorOf = { 'dialtone.readiness.changed.v1': 'kafka' };
    const request = { cursorOf, olderThanMs: 3_600_000, limit: 1 };
    expect([
      await postgres.stores.events.prune(request),
      await postgres.stores.events.prune({ ...request, limit: 10 }),
    ]).toEqual([1, 1]);
    expect((await postgres.stores.events.read(0n, 10)).map(({ position }) => position)).toEqual([3n, 4n]);
    await log();
    await postgres.stores.sequencer.assign(10);
    expect(await postgres.stores.events.lastPosition()).toBe(5n);
  });
});

describe('cursors', () => {
  it('start at 0 and move only from where they are', async () => {
    const { cursors } = postgres.stores;
    expect(await cursors.get('kafka')).toBe(0n);
    expect(await cursors.advance('kafka', 5n, 9n)).toBe(false);
    expect(await cursors.advance('kafka', 0n, 4n)).toBe(true);
    expect(await cursors.advance('kafka', 0n, 9n)).toBe(false);
    expect(await cursors.advance('kafka', 4n, 9n)).toBe(true);
    expect([await cursors.get('kafka'), await cursors.get('sse')]).toEqual([9n, 0n]);
  });

  it('let one of several movers win', async () => {
    const moves = await Promise.all([1n, 2n, 3n].map((to) => postgres.stores.cursors.advance('kafka', 0n, to)));
    expect(moves.filter((moved) => moved)).toHaveLength(1);
  });
});

describe('wake-ups', () => {
  const listen = async () => {
    const reasons: WakeReason[] = [];
    const errors: Error[] = [];
    const listener = createListener(postgres.database.url, (reason) => reasons.push(reason), {
      onError: (error) => errors.push(error),
      reconnectMs: 10,
    });
    await until(() => reasons.length === 1);
    return { listener, errors, reasons, wakes: () => reasons.length };
  };

  const aSpec = async () =>
    ({
      agentId: await postgres.given.agent(connection.partnerId),
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'enforce',
      release: 'keep',
    }) as const;

  it('tell numbered events from all else, and from what was missed while nothing listened', async () => {
    const { listener, reasons } = await listen();
    try {
      await log();
      await until(() => reasons.length === 2);
      await postgres.stores.sequencer.assign(10);
      await until(() => reasons.length === 3);
      expect(reasons).toEqual(['anything', 'logged', 'numbered']);
    } finally {
      await listener.close();
    }
  });

  it('tell that a declaration is due beside the verdict that made it so', async () => {
    const key = aDidKey();
    await postgres.given.declare({ connectionId: connection.id, key, spec: await aSpec() });
    const { listener, reasons } = await listen();
    try {
      await postgres.stores.keyStates.apply(connection.id, [updateOf(key, { at: OBSERVED_AT })], { makeDue: true });
      await until(() => reasons.length === 3);
      expect(reasons.toSorted()).toEqual(['anything', 'anything', 'logged']);
    } finally {
      await listener.close();
    }
  });

  it('tell of everything when another version says what this one does not know', async () => {
    const { listener, reasons } = await listen();
    try {
      for (const payload of ['', 'of a later version'])
        await postgres.query(`select pg_notify('${WAKE_CHANNEL}', '${payload}')`);
      await until(() => reasons.length === 3);
      expect(reasons).toEqual(['anything', 'anything', 'anything']);
    } finally {
      await listener.close();
    }
  });

  it('tell of events that were logged with their positions', async () => {
    const { listener, reasons } = await listen();
    try {
      const updates = Array.from({ length: 30 }, () => updateOf(aDidKey(), { at: OBSERVED_AT }));
      await postgres.stores.keyStates.apply(connection.id, updates, { makeDue: false });
      await until(() => reasons.length === 2);
      expect(reasons).toEqual(['anything', 'positioned']);
    } finally {
      await listener.close();
    }
  });

  it('come once per transaction that logs or makes due, and from released leases', async () => {
    const { listener, wakes } = await listen();
    try {
      const expectOneMore = async (work: () => Promise<unknown>): Promise<void> => {
        const before = wakes();
        await work();
        await until(() => wakes() > before);
        await sleep(30);
        expect(wakes()).toBe(before + 1);
      };
      const key = aDidKey();
      const spec = await aSpec();
      await expectOneMore(() => postgres.given.declare({ connectionId: connection.id, key, spec }));
      await expectOneMore(() => log());
      await expectOneMore(() => postgres.stores.sequencer.assign(10));
      await expectOneMore(() => postgres.stores.trigger.trigger({ connectionId: connection.id, key }));
      await expectOneMore(() => postgres.stores.trigger.trigger({ connectionId: connection.id, key: null }));
      await expectOneMore(() => postgres.stores.bindings.trigger(connection.partnerId, key));
      const lease = await postgres.stores.leases.acquire('did:1', 'gateway', 60_000);
      if (lease !== null) await expectOneMore(() => postgres.stores.leases.release(lease));
      const before = wakes();
      await postgres.stores.sequencer.assign(10);
      await sleep(50);
      expect(wakes()).toBe(before);
    } finally {
      await listener.close();
    }
  });

  it('come again after the connection was cut, and once on every reconnect', async () => {
    const { listener, errors, wakes } = await listen();
    try {
      await postgres.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dialtone-listener' and datname = current_database()`,
      );
      await until(() => wakes() === 2);
      expect(errors.length).toBeGreaterThan(0);
      await log();
      await until(() => wakes() === 3);
    } finally {
      await listener.close();
    }
    await log();
    await sleep(50);
    expect(wakes()).toBe(3);
    await listener.close();
  });

  it('goes on trying while there is no server, and stops when it is closed', async () => {
    const errors: Error[] = [];
    const listener = createListener('postgres://nobody@127.0.0.1:1/none', () => undefined, {
      onError: (error) => errors.push(error),
      reconnectMs: 5,
    });
    await until(() => errors.length >= 3);
    await listener.close();
    const seen = errors.length;
    await sleep(60);
    expect(errors).toHaveLength(seen);
  });
});
