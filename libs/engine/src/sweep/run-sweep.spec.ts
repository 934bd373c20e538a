import { aSnapshot, FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { PAUSE_TEXT } from '../gate/pause';
import type { SweepReport } from '../ports/sweep-queue';
import { CONFIRM_MS, runSweep } from './run-sweep';
import type { SweepEnding } from './sweep';

const { sweepIntervalMs, leaseTtlMs } = FIXTURE_SETTINGS;

interface Completed {
  readonly report: SweepReport;
  readonly nextInMs: number;
}

const claimedFixture = async () => {
  const fixture = await EngineFixture.make();
  const { sweepQueue, leases } = fixture.world;
  await fixture.world.trigger(fixture.connectionId, null);
  const claimed = await sweepQueue.claimSweep('one', leaseTtlMs);
  if (claimed === null) throw new Error('no sweep is due');
  const completed: Completed[] = [];
  const told: unknown[] = [];
  const deps = {
    leases,
    clock: withCalls(fixture.clock, { random: () => 0.5 }),
    settings: FIXTURE_SETTINGS,
    observer: { swept: (event: unknown) => told.push(event) },
    sweepQueue: withCalls(sweepQueue, {
      completeSweep: (one, report, nextInMs) => {
        completed.push({ report, nextInMs });
        return sweepQueue.completeSweep(one, report, nextInMs);
      },
    }),
  };
  return { fixture, claimed, deps, completed, told };
};

const report = { warnings: [], error: null, credentialsRefused: false, readToEnd: true };
/** What a sweep hands back: its verdicts are fresh for two intervals. */
const kept = { ...report, freshForMs: 2 * sweepIntervalMs };
const swept = {
  kind: 'swept',
  ...{ snapshot: aSnapshot(), warnings: [], report, pause: null },
  ...{ keys: 7, judged: 3, changed: 2, held: null, unconfirmed: false },
} as const satisfies SweepEnding;
const pause = (why: 'unavailable' | 'rate_limited', forMs: number) => ({ why, forMs }) as const;

describe('a claimed sweep', () => {
  it.each<{ name: string; reason: string; given: SweepEnding; want: Completed }>([
    { name: 'swept', reason: 'nothing is open', given: swept, want: { report: kept, nextInMs: sweepIntervalMs } },
    {
      name: 'swept with a gap',
      reason: 'a second listing tells soon',
      given: { ...swept, unconfirmed: true },
      want: { report: kept, nextInMs: CONFIRM_MS },
    },
    {
      name: 'swept into an outage',
      reason: 'VoiceLink may answer again before the interval is over',
      given: { ...swept, pause: pause('unavailable', 10_000) },
      want: { report: kept, nextInMs: 12_000 },
    },
    {
      name: 'swept with a gap into an outage',
      reason: 'the second listing would not be answered',
      given: { ...swept, unconfirmed: true, pause: pause('unavailable', 10_000) },
      want: { report: kept, nextInMs: 12_000 },
    },
    {
      name: 'swept into a long outage',
      reason: 'the interval is the longest wait',
      given: { ...swept, pause: pause('unavailable', 10 * sweepIntervalMs) },
      want: { report: kept, nextInMs: sweepIntervalMs },
    },
    {
      name: 'throttled',
      reason: 'it begins again when VoiceLink takes requests, and the stored warnings stand',
      given: { kind: 'throttled', pause: pause('rate_limited', 90_000) },
      want: { report: { warnings: null, error: PAUSE_TEXT.rate_limited }, nextInMs: 108_000 },
    },
    {
      name: 'throttled a moment ago',
      reason: 'the pause is over',
      given: { kind: 'throttled', pause: null },
      want: { report: { warnings: null, error: PAUSE_TEXT.rate_limited }, nextInMs: CONFIRM_MS },
    },
    {
      name: 'failed',
      reason: 'the partner reads why',
      given: { kind: 'failed', error: 'why' },
      want: { report: { warnings: null, error: 'why' }, nextInMs: sweepIntervalMs },
    },
  ])('that $name is handed back with its report and the time of the next: $reason', async ({ given, want }) => {
    const { fixture, claimed, deps, completed, told } = await claimedFixture();
    expect(await fixture.drive(runSweep(deps, claimed, () => Promise.resolve(given)))).toBe(given);
    expect(completed).toEqual([want]);
    expect(told).toHaveLength(given.kind === 'swept' ? 1 : 0);
  });

  it('is told with what it found and how long it took', async () => {
    const { fixture, claimed, deps, told } = await claimedFixture();
    const work = async (): Promise<SweepEnding> => {
      await fixture.clock.sleep(1_234);
      return swept;
    };
    await fixture.drive(runSweep(deps, claimed, work));
    const { connectionId } = fixture;
    const setAside = { clients: 0, dids: 0, available_dids: 0, bots: 0, routing: 0 };
    const read = { warnings: [], complete: true, setAside };
    expect(told).toEqual([{ connectionId, keys: 7, judged: 3, changed: 2, ...read, held: null, durationMs: 1_234 }]);
  });

  it('that lost its lease tells and hands back nothing', async () => {
    const { fixture, claimed, deps, completed, told } = await claimedFixture();
    expect(await fixture.drive(runSweep(deps, claimed, () => Promise.resolve({ kind: 'lost' })))).toEqual({
      kind: 'lost',
    });
    expect([completed, told]).toEqual([[], []]);
  });

  it('keeps its lease while it works', async () => {
    const { fixture, claimed, deps, completed } = await claimedFixture();
    const work = async (signal: AbortSignal): Promise<SweepEnding> => {
      await fixture.clock.sleep(3 * leaseTtlMs);
      return signal.aborted ? { kind: 'lost' } : swept;
    };
    await fixture.drive(runSweep(deps, claimed, work));
    expect(completed).toHaveLength(1);
    expect(await fixture.world.sweepQueue.claimSweepOf(fixture.connectionId, 'two', leaseTtlMs)).not.toBeNull();
  });

  it('leaves what its work throws to the caller, who still has the lease', async () => {
    const { fixture, claimed, deps, completed, told } = await claimedFixture();
    await expect(fixture.drive(runSweep(deps, claimed, () => Promise.reject(new Error('away'))))).rejects.toThrow(
      'away',
    );
    expect([completed, told]).toEqual([[], []]);
    expect(await fixture.world.sweepQueue.claimSweepOf(fixture.connectionId, 'two', leaseTtlMs)).toBeNull();
  });
});
