import fc from 'fast-check';
import { type Group, type Notice, planGroup, type Rhythm } from './plan-group';

const RHYTHM: Rhythm = { groupWaitMs: 30, groupIntervalMs: 300, repeatIntervalMs: 4_000, quietHours: null };
const notice = (id: string, step: Notice['step'], dueAt = 0): Notice => ({ id, step, dueAt });
const group = (notices: readonly Notice[], lastSentAt: number | null = null): Group => ({
  createdAt: 1_000,
  lastSentAt,
  notices,
});

describe('planGroup', () => {
  it.each([
    [
      'waits group_wait before the first message',
      group([notice('a', 'waiting')]),
      1_029,
      { kind: 'wait', until: 1_030 },
    ],
    [
      'tells all that is due in one message',
      group([notice('a', 'waiting'), notice('b', 'waiting', 1_030), notice('c', 'waiting', 1_031)]),
      1_030,
      { kind: 'send', broken: ['a', 'b'], ended: [], isRepeat: false },
    ],
    [
      'waits for what does not count yet',
      group([notice('a', 'waiting', 9_000)]),
      5_000,
      { kind: 'wait', until: 9_000 },
    ],
    [
      'waits group_interval before the next message',
      group([notice('a', 'told'), notice('b', 'waiting')], 2_000),
      2_299,
      { kind: 'wait', until: 2_300 },
    ],
    [
      'tells what is new and what is over, and not again what was told',
      group([notice('a', 'told'), notice('b', 'waiting'), notice('c', 'ended')], 2_000),
      2_300,
      { kind: 'send', broken: ['b'], ended: ['c'], isRepeat: false },
    ],
    ['says nothing while nothing changes', group([notice('a', 'told')], 2_000), 2_300, { kind: 'wait', until: 6_000 }],
    [
      'repeats after repeat_interval what is still broken',
      group([notice('a', 'told'), notice('b', 'waiting', 9_000)], 2_000),
      6_000,
      { kind: 'send', broken: ['a'], ended: [], isRepeat: true },
    ],
    ['keeps an empty group for group_interval', group([], 2_000), 2_100, { kind: 'wait', until: 2_300 }],
    ['forgets it then', group([], 2_000), 2_300, { kind: 'forget' }],
  ] as const)('%s', (_, given, now, want) => {
    expect(planGroup(given, RHYTHM, now)).toEqual(want);
  });

  it('never repeats when repeat_interval is 0', () => {
    const plan = planGroup(group([notice('a', 'told')], 2_000), { ...RHYTHM, repeatIntervalMs: 0 }, 9e9);
    expect(plan).toEqual({ kind: 'wait', until: null });
  });

  it('holds in quiet hours what there is to say, and nothing else', () => {
    const always = { days: ['thursday'], from: 0, to: 60 } as const;
    const quiet = { ...RHYTHM, quietHours: { timeZone: 'UTC', windows: [always] } };
    expect(planGroup(group([notice('a', 'waiting')]), quiet, 60_000)).toEqual({ kind: 'hold', until: 3_600_000 });
    expect(planGroup(group([notice('a', 'waiting', 90_000)]), quiet, 60_000)).toEqual({ kind: 'wait', until: 90_000 });
  });
});

/** Follows the plans of one group until the end of time, applying each as the store does. */
const follow = (notices: readonly Notice[], ends: ReadonlyMap<string, number>, horizon: number) => {
  let current: Group = { createdAt: 0, lastSentAt: null, notices };
  const sent: { readonly at: number; readonly broken: readonly string[]; readonly ended: readonly string[] }[] = [];
  const endAll = (now: number): Notice[] =>
    current.notices.flatMap((one) => {
      if ((ends.get(one.id) ?? Infinity) > now) return [one];
      return one.step === 'waiting' ? [] : [{ ...one, step: 'ended' as const }];
    });
  for (let now = 0; now <= horizon; now += 10) {
    current = { ...current, notices: endAll(now) };
    const plan = planGroup(current, { ...RHYTHM, repeatIntervalMs: 0 }, now);
    if (plan.kind !== 'send') continue;
    sent.push({ at: now, broken: plan.broken, ended: plan.ended });
    const told = current.notices.filter(({ id }) => !plan.ended.includes(id));
    const next = told.map((one) => (plan.broken.includes(one.id) ? { ...one, step: 'told' as const } : one));
    current = { ...current, lastSentAt: now, notices: next };
  }
  return sent;
};

it('tells each notice once and its end once, never sooner than group_interval after the message before', () => {
  const times = fc.array(fc.tuple(fc.nat(2_000), fc.nat(4_000)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(times, (given) => {
      const notices = given.map(([dueAt], at) => notice(String(at), 'waiting', dueAt));
      const ends = new Map(given.map(([, end], at) => [String(at), end]));
      const sent = follow(notices, ends, 6_000);
      const broken = sent.flatMap((one) => one.broken);
      const ended = sent.flatMap((one) => one.ended);
      expect(new Set(broken).size).toBe(broken.length);
      // What was told is told to be over, and nothing else is.
      expect([...ended].sort()).toEqual([...broken].sort());
      const gaps = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
      expect(gaps.every((gap) => gap >= RHYTHM.groupIntervalMs)).toBe(true);
    }),
    { seed: 62, numRuns: 200 },
  );
});
