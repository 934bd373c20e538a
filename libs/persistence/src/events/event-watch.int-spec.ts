import { EVENT_EXAMPLES } from '@dialtone/contracts';
import { undoThrough, useOwner, usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, describeEventWatch, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { migrate } from '../migrate';
import { PrunedEvents1764634000000 } from '../migrations/1764634000000-pruned-events';
import { appendEvents } from './append-events';

const postgres = usePostgres();
const TYPE = 'dialtone.warning.raised.v1';

describeEventWatch('PostgreSQL', () => {
  const { eventWatch: watch, events: log, cursors, sequencer } = postgres.stores;
  return Promise.resolve({
    watch,
    append: async (events) => {
      await appendEvents(postgres.dataSource, events);
      await sequencer.assign(events.length);
    },
    pruneOldest: async (count) => {
      await cursors.advance('all', await cursors.get('all'), await log.lastPosition());
      expect(await log.prune({ cursorOf: { [TYPE]: 'all' }, olderThanMs: -60_000, limit: count })).toBe(count);
    },
  });
});

describe('a watched event', () => {
  it('comes with what is declared of its number now', async () => {
    const { stores, given } = postgres;
    const { id, partnerId } = await given.connection();
    const [declared, loose] = [aDidKey(), aDidKey()];
    const agentId = await given.agent(partnerId);
    const spec = {
      agentId,
      clientId: null,
      botName: null,
      websocketUrl: null,
      mode: 'enforce',
      release: 'keep',
    } as const;
    await given.declare({ connectionId: id, key: declared, spec });
    await postgres.query(`update bindings set labels = '{"team":"sales"}'`);
    await stores.keyStates.apply(id, [updateOf(loose, { at: OBSERVED_AT })], { makeDue: false });
    await stores.sequencer.assign(10);
    const { events } = await stores.eventWatch.read({ partnerId, after: 0n, limit: 10 });
    const found = new Map(events.map((event) => [event.key, event.declared]));
    expect(found.get(declared)).toEqual({ agentId, labels: { team: 'sales' } });
    expect(found.get(loose)).toBeNull();
  });
});

describe('a log of which the release before deleted some', () => {
  const owner = useOwner();

  it.each([
    { gone: 'none', left: [1, 2, 3], prunedTo: '0' },
    { gone: 'the oldest', left: [2, 3], prunedTo: '1' },
    { gone: 'one that is not the oldest', left: [1, 3], prunedTo: '2' },
    { gone: 'the last', left: [1, 2], prunedTo: '3' },
    { gone: 'all', left: [], prunedTo: '3' },
  ])('has its mark where the last one was: $gone', async ({ left, prunedTo }) => {
    await undoThrough(owner.source, new PrunedEvents1764634000000());
    const { partner_id, connection_id } = EVENT_EXAMPLES[TYPE];
    await owner.source.query('delete from event_log');
    await owner.source.query(
      `insert into event_log (position, type, partner_id, connection_id, data)
       select position, $1, $2, $3, '{}' from unnest($4::bigint[]) as position`,
      [TYPE, partner_id, connection_id, left],
    );
    await owner.source.query(`update cursors set position = 3 where name = 'sequencer'`);
    await migrate(owner.source);
    const marks = await owner.source.query<unknown[]>(`select pruned_to from cursors where name = 'sequencer'`);
    expect(marks).toEqual([{ pruned_to: prunedTo }]);
  });
});
