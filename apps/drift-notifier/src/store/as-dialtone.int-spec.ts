import { ISSUE_CODES, type IssueCode, parseEvent, TOPIC_OF } from '@dialtone/contracts';
import type { DidKey } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, updateOf } from '@dialtone/testing';
import type { DataSource } from 'typeorm';
import { recordOf, seeded } from '../../test/number-stories';
import { createDataSource } from './data-source';
import { Database } from './database';
import { EventStore } from './event-store';
import { migrate } from './migrate';

const SCHEMA = 'drift_notifier';
const TOPICS: readonly string[] = ['voicelink.drift.v1', 'voicelink.readiness.v1'];
const STARTED_AT = Date.UTC(2026, 10, 21);

describe('what is broken', () => {
  const pg = usePostgres();
  let source: DataSource;
  beforeAll(async () => {
    source = createDataSource({ url: pg.database.ownerUrl, schema: SCHEMA, poolSize: 3 });
    await source.initialize();
    await migrate(source, SCHEMA);
  });
  afterAll(() => source.destroy());

  /** A verdict after the other, as sweeps store them. */
  const live = async (random: () => number): Promise<void> => {
    const { id } = await pg.given.connection();
    const keys: readonly DidKey[] = Array.from({ length: 6 }, () => aDidKey());
    for (let step = 0; step < 60; step += 1) {
      const key = keys[Math.floor(random() * keys.length)] ?? aDidKey();
      const from = Math.floor(random() * ISSUE_CODES.length);
      const issues: readonly IssueCode[] = random() < 0.4 ? [] : ISSUE_CODES.slice(from, from + 2);
      const update = updateOf(key, { issues, at: STARTED_AT + step * 60_000 });
      await pg.stores.keyStates.apply(id, [update], { makeDue: false });
    }
  };

  it.each([1, 2, 3])(
    'is what the database of Dialtone says, in whichever order its events come and however often (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      await live(random);
      const events = (await pg.events()).filter(({ type }) => TOPICS.includes(TOPIC_OF[type]));
      const fed = [...events, ...events.filter(() => random() < 0.3)]
        .map((event) => ({ event, at: random() }))
        .sort((a, b) => a.at - b.at);
      const store = new EventStore(new Database(source), []);
      for (const { event } of fed) {
        const { headers, value } = recordOf(event);
        const parsed = parseEvent(headers, value);
        if (parsed.kind !== 'known') throw new Error(`An event of Dialtone is ${parsed.kind}.`);
        await store.record(parsed.event);
      }
      const theirs = await pg.query(
        `select key, drift_id, drift_opened_at as opened_at, drift_issues as issues from dids
          where drift_id is not null order by key`,
      );
      const ours = await source.query<unknown[]>(
        `select key, drift_id, opened_at, issues from numbers n where drift_id is not null
            and connection_id in (select id from public.connections) order by key`,
      );
      expect(theirs).not.toHaveLength(0);
      expect(ours).toEqual(theirs);
    },
  );
});
