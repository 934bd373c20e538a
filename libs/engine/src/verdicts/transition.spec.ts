import type { NewEvent } from '@dialtone/contracts';
import { ISSUES, type ConnectionId, type DidKey, type DriftId, type PartnerId } from '@dialtone/domain';
import { aDidKey, anyMemory, expectSoundEvents, OBSERVED_AT, updateOf } from '@dialtone/testing';
import * as fc from 'fast-check';
import type { KeyUpdate, StoredKey } from '../ports/key-states';
import { type LockedKey, neverSeen } from './locked-key';
import { newestPerKey, transition } from './transition';
import { isNews } from './verdict-change';

const KEY = aDidKey('918011223344');

/** A row that updates are applied to, one after another. */
interface Row {
  /** False when nothing was written. */
  see(update: KeyUpdate): boolean;
  stored(): StoredKey;
  /** All events so far, in order. */
  events(): readonly NewEvent[];
}

const aRow = (): Row => {
  let row: LockedKey = neverSeen(KEY);
  let drifts = 0;
  const logged: NewEvent[] = [];
  const scope = {
    connectionId: '00000000-0000-4000-9000-0000000000aa' as ConnectionId,
    partnerId: '00000000-0000-4000-9000-0000000000bb' as PartnerId,
    mintDriftId: () => `00000000-0000-4000-9000-${String(++drifts).padStart(12, '0')}` as DriftId,
  };
  return {
    see: (update) => {
      const written = transition({ ...scope, now: OBSERVED_AT + logged.length }, row, update);
      if (written === null) return false;
      row = written.after;
      logged.push(...written.events);
      expect(row.eventSeq).toBe(logged.length);
      return true;
    },
    stored: () => row.stored,
    events: () => logged,
  };
};

const anyIssues = fc.subarray(ISSUES.slice(3, 6));
const anySeen = fc.record({
  issues: anyIssues,
  at: fc.integer({ min: 0, max: 8 }).map((after) => OBSERVED_AT + after),
  facts: fc.constantFrom('a', 'b'),
  isComplete: fc.boolean(),
  presence: anyMemory,
});
const anyUpdate: fc.Arbitrary<KeyUpdate> = anySeen.map(({ isComplete, presence, ...seen }) =>
  updateOf(KEY, { ...seen, observation: { presence }, ...(!isComplete && { incomplete: true }) }),
);
/** Several at one time, some older than those before. */
const anyHistory = fc.array(anyUpdate, { maxLength: 25 });
const RUNS = { numRuns: 300 };

describe('what an update means', () => {
  const after = (history: readonly KeyUpdate[]): Row => {
    const row = aRow();
    for (const update of history) row.see(update);
    return row;
  };
  const dataOf = (event: NewEvent) => event.data as unknown as Readonly<Record<string, unknown>>;

  it('one drift at a time: detected, changed any number of times, resolved, under one id and one time', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const row = after(history);
        let open: Readonly<Record<string, unknown>> | null = null;
        const ids = new Set<unknown>();
        for (const event of row.events().filter(({ type }) => type.startsWith('dialtone.drift'))) {
          const { drift_id, opened_at, issues, previous_issues } = dataOf(event);
          if (event.type === 'dialtone.drift.detected.v1') {
            expect([open, ids.has(drift_id)]).toEqual([null, false]);
            ids.add(drift_id);
          } else {
            expect(open).toMatchObject({ drift_id, opened_at, issues: previous_issues });
          }
          open = event.type === 'dialtone.drift.resolved.v1' ? null : { drift_id, opened_at, issues };
        }
        const { drift } = row.stored();
        expect([drift?.id, drift?.issues]).toEqual([open?.['drift_id'], open?.['issues']]);
      }),
      RUNS,
    );
  });

  it('a drift is open exactly while the last complete verdict has issues, and has these issues', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { issues, drift } = after(history).stored();
        expect(drift?.issues ?? []).toEqual(issues);
        expect(drift === null).toBe(issues.length === 0);
      }),
      RUNS,
    );
  });

  it('numbers go up by one with every event', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const events = after(history).events();
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, nth) => nth + 1));
      }),
      RUNS,
    );
  });

  it('every event is as published', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        expectSoundEvents(after(history).events());
      }),
      { numRuns: 30 },
    );
  });

  it('the same update again writes nothing and says nothing', () => {
    fc.assert(
      fc.property(anyHistory, anyUpdate, (history, update) => {
        const row = after([...history, update]);
        const [stored, events] = [row.stored(), row.events().length];
        const later = { ...update, observation: { ...update.observation, observedAt: OBSERVED_AT + 100 } };
        const isOld = stored.observedAt > update.observation.observedAt;
        expect(row.see(update)).toBe(false);
        if (!isOld) expect(row.see(later)).toBe(false);
        expect([row.stored(), row.events().length]).toEqual([stored, events]);
      }),
      RUNS,
    );
  });

  it('what was observed before the stored verdict changes nothing', () => {
    fc.assert(
      fc.property(anyHistory, anyUpdate, (history, update) => {
        const row = after(history);
        const stored = row.stored();
        const events = row.events().length;
        const observedAt = stored.observedAt - 1;
        expect(row.see({ ...update, observation: { ...update.observation, observedAt } })).toBe(false);
        expect([row.stored(), row.events().length]).toEqual([stored, events]);
      }),
      RUNS,
    );
  });

  it('an incomplete verdict marks the last complete one stale and moves the memory on: no event, no drift', () => {
    fc.assert(
      fc.property(anyHistory, anyUpdate, (history, seen) => {
        const row = after(history);
        const stored = row.stored();
        const events = row.events().length;
        const update = { ...seen, readiness: { ...seen.readiness, complete: false } };
        if (update.observation.observedAt < stored.observedAt) return;
        row.see(update);
        const { presence } = update.observation;
        expect([row.stored(), row.events().length]).toEqual([{ ...stored, stale: true, presence }, events]);
      }),
      RUNS,
    );
  });

  it('a complete verdict is what is stored, with one readiness event exactly when state or issues differ', () => {
    fc.assert(
      fc.property(anyHistory, anyUpdate, (history, seen) => {
        const row = after(history);
        const was = row.stored();
        const before = row.events().length;
        const { observation, digest } = seen;
        if (!seen.readiness.complete || observation.observedAt < was.observedAt) return;
        row.see(seen);
        const { state, issues } = seen.readiness;
        expect(row.stored()).toMatchObject({
          state,
          issues,
          digest,
          stale: false,
          presence: observation.presence,
        });
        const events = row.events().slice(before);
        const told = events.filter(({ type }) => type === 'dialtone.readiness.changed.v1');
        const isOther = was.state !== state || was.issues.join() !== issues.join();
        expect(told).toHaveLength(isOther ? 1 : 0);
        const { drift } = row.stored();
        for (const event of told) {
          expect(dataOf(event)['drift_id']).toBe(drift?.id);
          expect(dataOf(event)['previous_state']).toBe(was.observedAt === 0 ? undefined : was.state);
        }
      }),
      RUNS,
    );
  });
});

describe('a transition', () => {
  const scope = {
    connectionId: 'c' as ConnectionId,
    partnerId: 'p' as PartnerId,
    now: OBSERVED_AT,
    mintDriftId: () => 'd' as DriftId,
  };

  it('is there exactly when the update is news to the row and not older than it', () => {
    fc.assert(
      fc.property(anyHistory, anyUpdate, (history, update) => {
        const row = history.reduce((locked, seen) => transition(scope, locked, seen)?.after ?? locked, neverSeen(KEY));
        const isOld = row.stored.observedAt > update.observation.observedAt;
        expect(transition(scope, row, update) !== null).toBe(!isOld && isNews(update, row.stored));
      }),
    );
  });

  it.each([
    { name: 'another verdict', was: {}, is: { issues: ['NO_BOT'] }, needsWork: true },
    { name: 'a verdict that is ready at last', was: { issues: ['NO_BOT'] }, is: {}, needsWork: true },
    {
      name: 'other facts behind the same issues',
      was: { issues: ['NO_BOT'] },
      is: { issues: ['NO_BOT'], facts: 'b' },
      needsWork: true,
    },
    { name: 'other facts behind READY', was: {}, is: { facts: 'b' }, needsWork: false },
    {
      name: 'a verdict that is only confirmed',
      was: { issues: ['NO_BOT'] },
      is: { issues: ['NO_BOT'] },
      stale: true,
      needsWork: false,
    },
    { name: 'an incomplete verdict', was: {}, is: { issues: ['NO_BOT'], incomplete: true }, needsWork: false },
  ] as const)('makes work: $name ($needsWork)', ({ was, is, needsWork, ...rest }) => {
    const before = transition(scope, neverSeen(KEY), updateOf(KEY, was))?.after ?? neverSeen(KEY);
    const row = 'stale' in rest ? { ...before, stored: { ...before.stored, stale: true } } : before;
    expect(transition(scope, row, updateOf(KEY, is))?.needsWork).toBe(needsWork);
  });

  it('is made from the newest update of each key only, in the order of the keys', () => {
    const keys: readonly DidKey[] = [aDidKey('918011223355'), KEY];
    const updates = [2, 3, 3, 1].flatMap((at) =>
      keys.map((key) => updateOf(key, { at, facts: `${key}@${String(at)}` })),
    );
    const newest = newestPerKey(updates);
    expect(newest.map(({ observation }) => [observation.key, observation.observedAt])).toEqual([
      [KEY, 3],
      [keys[0], 3],
    ]);
    expect(newest[0]).toBe(updates[5]);
  });
});
