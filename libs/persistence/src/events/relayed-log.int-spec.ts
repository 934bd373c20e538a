import { usePostgres } from '@dialtone/persistence/testing';
import { describeRelayedLog } from '@dialtone/testing';
import { appendEvents } from './append-events';

const postgres = usePostgres();

describeRelayedLog('PostgreSQL', () => {
  const { events: log, cursors, sequencer } = postgres.stores;
  return Promise.resolve({
    log,
    cursors,
    append: async (events) => {
      await appendEvents(postgres.dataSource, events);
      await sequencer.assign(events.length);
    },
  });
});

describe('branches that several replicas make and move at once', () => {
  it('never leave the trunk before an event that a branch has not passed', async () => {
    const { cursors } = postgres.stores;
    const parts = ['a', 'b', 'c'];
    await Promise.all(Array.from({ length: 6 }, () => cursors.branch('kafka', parts)));
    const move = async (part: string): Promise<void> => {
      for (let at = 0n; at < 20n; at += 1n) {
        await cursors.advance(`kafka:${part}`, at, at + 1n);
        await cursors.follow('kafka');
        const trunk = await cursors.get('kafka');
        expect(trunk <= (await cursors.get('kafka:c'))).toBe(true);
      }
    };
    await Promise.all([move('a'), move('b'), cursors.advance('kafka:c', 0n, 3n)]);
    expect(await cursors.get('kafka')).toBe(3n);
  });
});

describe('pruning while a topic refuses events', () => {
  it('deletes what the other topics have, and nothing without a cursor', async () => {
    const { cursors, events, sequencer } = postgres.stores;
    await postgres.query(
      `insert into event_log (type, partner_id, connection_id, data, created_at)
       select type, gen_random_uuid(), gen_random_uuid(), '{}', now() - interval '2 hours'
         from unnest(array['stuck', 'flowing', 'stuck', 'flowing', 'unknown', 'flowing']) with ordinality as t (type, nth) order by nth`,
    );
    await sequencer.assign(10);
    await cursors.branch('kafka', ['stuck', 'flowing']);
    await cursors.advance('kafka:stuck', 0n, 1n);
    await cursors.advance('kafka:flowing', 0n, 5n);
    const cursorOf = { stuck: 'kafka:stuck', flowing: 'kafka:flowing', later: 'kafka:later' };
    const request = { cursorOf, olderThanMs: 3_600_000, limit: 10 };
    expect([await events.prune(request), await events.prune(request)]).toEqual([3, 0]);
    const left = (await events.read(0n, 10)).map(({ type, position }) => [type, position]);
    expect(left).toEqual([
      ['stuck', 3n],
      ['unknown', 5n],
      ['flowing', 6n],
    ]);
  });
});
