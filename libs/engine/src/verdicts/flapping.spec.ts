import type { NewEvent } from '@dialtone/contracts';
import { ISSUES, type ConnectionId, type DriftId, type Issue, type PartnerId } from '@dialtone/domain';
import { aDidKey, expectSoundEvents, OBSERVED_AT, updateOf } from '@dialtone/testing';
import * as fc from 'fast-check';
import { flapEnd } from './flap-end';
import { type LockedKey, neverSeen } from './locked-key';
import { transition } from './transition';
import { verdictEnd } from './verdict-end';

const KEY = aDidKey('918011223344');
const LIMITS = { returns: 3, windowMs: 1_000 };
const PLACE = {
  connectionId: '00000000-0000-4000-9000-0000000000aa' as ConnectionId,
  partnerId: '00000000-0000-4000-9000-0000000000bb' as PartnerId,
};

/** A row that is seen, one look after another, at a time in ms after the first. */
const aRow = (flapping = LIMITS) => {
  let row: LockedKey = neverSeen(KEY);
  let drifts = 0;
  const logged: NewEvent[] = [];
  const mintDriftId = () => `00000000-0000-4000-9000-${String(++drifts).padStart(12, '0')}` as DriftId;
  const take = (made: { readonly after: LockedKey; readonly events: readonly NewEvent[] } | null): boolean => {
    if (made === null) return false;
    row = made.after;
    logged.push(...made.events);
    return true;
  };
  return {
    see: (at: number, issues: readonly Issue[] = [], facts = '') => {
      const now = OBSERVED_AT + at;
      const scope = { ...PLACE, mintDriftId, now, flapping };
      return take(transition(scope, row, updateOf(KEY, { issues, facts, at: now })));
    },
    calm: (at: number) => take(flapEnd({ ...PLACE, now: OBSERVED_AT + at }, row)),
    end: (at: number) => take(verdictEnd({ ...PLACE, now: OBSERVED_AT + at }, row, 'disconnected')),
    stored: () => row.stored,
    /** Since the last call. */
    told: () => logged.splice(0).map(({ type, data }) => ({ type: type.split('.').slice(1, 3).join('.'), data })),
    logged,
  };
};

type Row = ReturnType<typeof aRow>;
const typesOf = (row: Row): readonly string[] => row.told().map(({ type }) => type);

/** READY and NO_BOT in turn, every 10 ms, so that the third return is the fourth change, and the last of these. */
const flapping = (): Row => {
  const row = aRow();
  for (const [nth, issues] of ([[], ['NO_BOT'], [], ['NO_BOT'], []] as const).entries()) row.see(10 * nth, issues);
  return row;
};

describe('a verdict that alternates', () => {
  it('is told of until it has come back to an earlier one often enough; then its flapping is, and no change', () => {
    const row = flapping();
    expect(typesOf(row)).toEqual([
      ...['readiness.changed', 'readiness.changed', 'drift.detected', 'readiness.changed', 'drift.resolved'],
      ...['readiness.changed', 'drift.detected', 'advisory.raised'],
    ]);
    for (let nth = 5; nth < 50; nth += 1) row.see(10 * nth, nth % 2 === 0 ? [] : ['NO_BOT', 'ROUTING_MISSING']);
    expect(typesOf(row)).toEqual([]);
  });

  it('is stored as it is all the time, with what is said beside it', () => {
    const row = flapping();
    row.see(50, ['NO_BOT']);
    expect(row.stored()).toMatchObject({ state: 'NO_BOT', issues: ['NO_BOT'] });
    expect(row.stored().advisories).toEqual([
      {
        code: 'FLAPPING',
        since: OBSERVED_AT + 40,
        message:
          'The verdict came back 3 times within 1 s to one that it had before, last between NO_BOT and READY; its changes are not told until it has stayed the same for 1 s',
      },
    ]);
  });

  it('calms down when it has stayed the same for as long as the window, from its last change on', () => {
    const row = flapping();
    row.see(800, ['NO_BOT']);
    row.see(900, ['NO_BOT'], 'other facts');
    row.told();
    expect([row.calm(1_040), row.calm(1_799), row.calm(1_800), row.calm(1_801)]).toEqual([false, false, true, false]);
    expect(typesOf(row)).toEqual(['advisory.cleared']);
    expect(row.stored()).toMatchObject({ advisories: [], flap: null });
  });

  it('ends with the state then reached, told once', () => {
    const row = flapping();
    row.told();
    row.calm(1_040);
    const [cleared, readiness, drift, ...others] = row.told();
    expect([cleared?.type, readiness?.type, drift?.type, others]).toEqual([
      'advisory.cleared',
      'readiness.changed',
      'drift.resolved',
      [],
    ]);
    expect(readiness?.data).toMatchObject({ state: 'READY', previous_state: 'NO_BOT', issues: [], seq: 10 });
    expect(row.stored().drift).toBeNull();
  });

  it('has one drift for those who are told of no change, however often it opens and resolves', () => {
    const row = flapping();
    const detected = row.told().findLast(({ type }) => type === 'drift.detected');
    row.see(50, ['ROUTING_MISSING']);
    row.calm(1_050);
    const [, readiness, drift] = row.told();
    const { drift_id, opened_at } = detected?.data as unknown as Readonly<Record<string, string>>;
    expect(readiness?.data).toMatchObject({ state: 'ROUTING_MISSING', drift_id });
    expect(drift).toMatchObject({
      type: 'drift.changed',
      data: { drift_id, opened_at, issues: ['ROUTING_MISSING'], previous_issues: ['NO_BOT'] },
    });
    expect(row.stored().drift?.id).toBe(drift_id);
  });

  it('ends with the change that comes after a calm that no process has noticed', () => {
    const row = flapping();
    row.told();
    expect(row.see(1_500, ['NO_BOT'])).toBe(true);
    expect(typesOf(row)).toEqual([
      ...['advisory.cleared', 'readiness.changed', 'drift.resolved', 'readiness.changed', 'drift.detected'],
    ]);
    expect(row.stored().flap).toMatchObject({ flapping: null });
  });

  it('ends with the verdict itself', () => {
    const row = flapping();
    row.told();
    row.end(60);
    expect(typesOf(row)).toEqual(['readiness.changed', 'drift.resolved', 'advisory.cleared']);
    expect(row.stored()).toMatchObject({ state: 'UNKNOWN', drift: null, advisories: [], flap: null });
  });
});

describe('a verdict that does not alternate', () => {
  const looks = (...issues: readonly (readonly Issue[])[]) => issues;
  it.each([
    {
      reason: 'goes from one to the next and never back',
      seen: looks(['NOT_IMPORTED'], ['NO_CLIENT_MAPPING'], ['NO_BOT'], ['ROUTING_MISSING'], ['NO_VOCOBASE_AGENT'], []),
      every: 10,
    },
    { reason: 'comes back less often', seen: looks([], ['NO_BOT'], [], ['NO_BOT']), every: 10 },
    {
      reason: 'comes back as often, and not within the window',
      seen: looks([], ['NO_BOT'], [], ['NO_BOT'], [], ['NO_BOT'], []),
      every: 400,
    },
  ])('is told of with each change when it $reason', ({ seen, every }) => {
    const row = aRow();
    for (const [nth, issues] of seen.entries()) row.see(every * nth, issues);
    expect(typesOf(row).filter((type) => type === 'readiness.changed')).toHaveLength(seen.length);
    expect(row.stored().advisories).toEqual([]);
  });

  it('is nothing special when no number of changes is', () => {
    const row = aRow({ ...LIMITS, returns: 0 });
    for (let nth = 0; nth < 50; nth += 1) row.see(nth, nth % 2 === 0 ? [] : ['NO_BOT']);
    expect(typesOf(row).filter((type) => type === 'readiness.changed')).toHaveLength(50);
    expect(row.stored().flap).toBeNull();
  });
});

describe('events of any course of verdicts', () => {
  const anyIssues = fc.subarray(ISSUES.slice(3, 5));
  const anyCourse = fc.array(fc.record({ after: fc.integer({ min: 1, max: 700 }), issues: anyIssues }), {
    maxLength: 40,
  });

  /** What a reader of the log, or of the compacted topic, knows in the end. */
  const knownOf = (events: readonly NewEvent[]) => {
    const dataOf = (prefix: string) =>
      events.findLast(({ type }) => type.startsWith(`dialtone.${prefix}`))?.data as Record<string, unknown> | undefined;
    const flaps = events.findLast(({ type }) => type.startsWith('dialtone.advisory'))?.type;
    const { state, issues, drift_id: open } = dataOf('readiness') ?? {};
    const drift = dataOf('drift');
    return { state, issues, open, drift: drift?.['state'] === 'READY' ? undefined : drift?.['drift_id'], flaps };
  };

  it('are sound, and end with what is stored once it is calm', () => {
    fc.assert(
      fc.property(anyCourse, (course) => {
        const row = aRow();
        let at = 0;
        for (const { after, issues } of course) {
          at += after;
          row.calm(at);
          row.see(at, issues);
        }
        row.calm(at + LIMITS.windowMs);
        const { state, issues, drift, flap } = row.stored();
        const known = knownOf(row.logged);
        expect(flap?.flapping ?? null).toBeNull();
        expect(known.flaps ?? 'dialtone.advisory.cleared.v1').toBe('dialtone.advisory.cleared.v1');
        if (course.length > 0) expect(known).toMatchObject({ state, issues });
        expect([known.open, known.drift]).toEqual([drift?.id, drift?.id]);
        expectSoundEvents(row.logged);
      }),
      { numRuns: 300 },
    );
  });
});
