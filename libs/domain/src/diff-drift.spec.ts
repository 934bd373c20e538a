import { aDriftId, anObservation, deepFreeze } from '@dialtone/testing';
import * as fc from 'fast-check';
import { diffDrift } from './diff-drift';
import type { DriftChange, OpenDrift } from './drift';
import { judgeReadiness } from './judge';
import { ISSUES, type Issue } from './issues';
import { type Readiness } from './readiness';

const ready = judgeReadiness(anObservation(), { declaredAgentId: null, now: 0 });

const verdict = (issues: readonly Issue[], complete = true): Readiness =>
  deepFreeze({ ...ready, issues, complete, state: issues[0] ?? (complete ? 'READY' : 'UNKNOWN') });

const open: OpenDrift = deepFreeze({ id: aDriftId(), openedAt: 1, issues: ['NO_BOT', 'ROUTING_CHANGED'] });

describe('diffDrift', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly [OpenDrift | null, Readiness];
    readonly want: DriftChange;
  }[] = [
    { name: 'nothing open, ready', reason: 'as it should be', given: [null, verdict([])], want: { kind: 'none' } },
    {
      name: 'nothing open, an issue',
      reason: 'the drift begins',
      given: [null, verdict(['NO_BOT'])],
      want: { kind: 'opened', issues: ['NO_BOT'], state: 'NO_BOT' },
    },
    {
      name: 'the same issues',
      reason: 'one drift is one event',
      given: [open, verdict(['NO_BOT', 'ROUTING_CHANGED'])],
      want: { kind: 'none' },
    },
    {
      name: 'fewer issues',
      reason: 'it changed, under the same id',
      given: [open, verdict(['ROUTING_CHANGED'])],
      want: { kind: 'changed', drift: open, issues: ['ROUTING_CHANGED'], state: 'ROUTING_CHANGED' },
    },
    {
      name: 'one more issue',
      reason: 'a prefix is not the same',
      given: [open, verdict(['NO_BOT', 'ROUTING_CHANGED', 'NO_VOCOBASE_AGENT'])],
      want: {
        kind: 'changed',
        drift: open,
        issues: ['NO_BOT', 'ROUTING_CHANGED', 'NO_VOCOBASE_AGENT'],
        state: 'NO_BOT',
      },
    },
    {
      name: 'ready again',
      reason: 'the drift ends',
      given: [open, verdict([])],
      want: { kind: 'resolved', drift: open },
    },
    {
      name: 'open, but not all known',
      reason: 'unknown resolves nothing',
      given: [open, verdict([], false)],
      want: { kind: 'none' },
    },
    {
      name: 'an issue, but not all known',
      reason: 'unknown opens nothing',
      given: [null, verdict(['NO_CLIENT_MAPPING'], false)],
      want: { kind: 'none' },
    },
    {
      name: 'other issues, but not all known',
      reason: 'unknown changes nothing',
      given: [open, verdict(['NO_CLIENT_MAPPING'], false)],
      want: { kind: 'none' },
    },
  ];

  it.each(cases)('says what to do with $name: $reason', ({ given, want }) => {
    expect(diffDrift(...given)).toEqual(want);
  });

  it('opens and resolves alternately over any history, and says each verdict once', () => {
    const verdicts = fc.array(
      fc.tuple(fc.subarray([...ISSUES]), fc.boolean()).map(([issues, complete]) => verdict(issues, complete)),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(verdicts, (history) => {
        let drift: OpenDrift | null = null;
        let known: readonly Issue[] = [];
        const told: string[] = [];
        for (const readiness of history) {
          const change = diffDrift(drift, readiness);
          if (change.kind !== 'none') told.push(change.kind);
          drift = after(drift, change);
          known = readiness.complete ? readiness.issues : known;
          expect(drift?.issues ?? []).toEqual(known);
          expect(diffDrift(drift, readiness)).toEqual({ kind: 'none' });
        }
        const edges = told.filter((kind) => kind !== 'changed');
        expect(edges).toEqual(edges.map((_, index) => (index % 2 === 0 ? 'opened' : 'resolved')));
        expect(told[0] ?? 'opened').toBe('opened');
      }),
    );
  });

  /** What a store keeps. */
  const after = (drift: OpenDrift | null, change: DriftChange): OpenDrift | null => {
    switch (change.kind) {
      case 'none':
        return drift;
      case 'opened':
        return deepFreeze({ id: open.id, openedAt: 2, issues: change.issues });
      case 'changed':
        expect(change.drift).toBe(drift);
        return deepFreeze({ ...change.drift, issues: change.issues });
      case 'resolved':
        expect(change.drift).toBe(drift);
        return null;
    }
  };
});
