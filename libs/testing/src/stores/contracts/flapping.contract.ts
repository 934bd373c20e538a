import type { DidKey, Issue } from '@dialtone/domain';
import type { FlapLimits, Outcome, SweepableConnection } from '@dialtone/engine';
import { OBSERVED_AT } from '../../builders/observed';
import type { StoreHarness } from '../harness';
import { aPlace, claimOne, declareOne, eventsOf, stateOf, typesOf, updateOf } from './fixtures';

interface Place {
  readonly connection: SweepableConnection;
  readonly key: DidKey;
}

const LONG: FlapLimits = { returns: 2, windowMs: 60_000 };
/** After the first change that counts by it a verdict is calm as good as at once. */
const SHORT: FlapLimits = { returns: 2, windowMs: 300 };

const OPEN: readonly Issue[] = ['NO_BOT'];

/** The part of the contract of KeyStates and the queue that is about verdicts that alternate. */
export const describeFlapping = (harness: () => StoreHarness): void => {
  let looks = 0;

  const see = async ({ connection, key }: Place, issues: readonly Issue[], flapping = LONG): Promise<void> => {
    looks += 1;
    const update = updateOf(key, { issues, at: OBSERVED_AT + looks });
    await harness().stores.keyStates.apply(connection.id, [update], { makeDue: false, flapping });
  };

  /** READY and not, in turn; the last is READY, and its changes are not told any more. */
  const alternating = async <P extends Place>(place: P): Promise<P> => {
    for (const issues of [[], OPEN, [], OPEN]) await see(place, issues);
    await see(place, []);
    return place;
  };

  const flapsOn = async (place: Place) => (await stateOf(harness(), place)).flap?.flapping ?? null;
  const endFlapping = () => harness().stores.keyStates.endFlapping(10);

  const complete = async (outcome: Outcome): Promise<void> => {
    await harness().stores.bindingQueue.complete(await claimOne(harness()), outcome, 0);
  };
  const stalled: Outcome = { kind: 'stalled', issues: [], message: 'Someone has to do something' };

  const aDeclaredPlace = async (): Promise<Place> => {
    const { connection, binding } = await declareOne(harness());
    return { connection, key: binding.key };
  };

  it('keeps what was told beside the verdict, and says when the flapping is over', async () => {
    expect(await harness().stores.keyStates.nextFlapEndInMs()).toBeNull();
    const place = await alternating(await aPlace(harness()));
    expect(await stateOf(harness(), place)).toMatchObject({ state: 'READY', advisories: [{ code: 'FLAPPING' }] });
    expect(await flapsOn(place)).toMatchObject({ told: { state: 'READY', drift: null, advisories: [] } });
    const dueIn = (await harness().stores.keyStates.nextFlapEndInMs()) ?? 0;
    expect(dueIn).toBeGreaterThan(0);
    expect(dueIn).toBeLessThanOrEqual(LONG.windowMs);
    expect([await endFlapping(), await typesOf(harness(), 'advisory')]).toEqual([0, ['advisory.raised']]);
  });

  it('ends one that has been calm for long enough, once, with what it came to', async () => {
    const place = await alternating(await aPlace(harness()));
    const other = await alternating(await aPlace(harness()));
    const before = (await harness().events()).length;
    await see(place, OPEN, SHORT);
    await harness().wait(SHORT.windowMs + 1);
    expect(await harness().stores.keyStates.nextFlapEndInMs()).toBe(0);
    expect([await endFlapping(), await endFlapping()]).toEqual([1, 0]);
    expect((await typesOf(harness())).slice(before)).toEqual([
      ...['advisory.cleared', 'readiness.changed', 'drift.detected'],
    ]);
    const [, readiness] = (await harness().events()).slice(before);
    expect(readiness?.data).toMatchObject({ key: place.key, state: 'NO_BOT', previous_state: 'READY' });
    expect(readiness?.data).toHaveProperty('did_id');
    expect(await stateOf(harness(), place)).toMatchObject({ state: 'NO_BOT', advisories: [], flap: null });
    expect(await flapsOn(other)).not.toBeNull();
  });

  it('withholds the outcomes of its declaration as well, and tells the last in the end', async () => {
    const place = await aDeclaredPlace();
    await complete({ kind: 'settled' });
    await alternating(place);
    for (const outcome of [stalled, { kind: 'settled' }, stalled] as const) await complete(outcome);
    expect(await typesOf(harness(), 'binding.status')).toHaveLength(1);
    await see(place, OPEN, SHORT);
    await harness().wait(SHORT.windowMs + 1);
    await endFlapping();
    const statuses = await eventsOf(harness(), 'binding.status');
    expect(statuses.map(({ data }) => (data as { outcome: string }).outcome)).toEqual(['settled', 'stalled']);
    await complete({ kind: 'settled' });
    expect(await typesOf(harness(), 'binding.status')).toHaveLength(3);
  });

  it('tells no outcome in the end that was told before, and the first of a declaration at once', async () => {
    const place = await aDeclaredPlace();
    await alternating(place);
    await complete({ kind: 'settled' });
    expect(await typesOf(harness(), 'binding.status')).toHaveLength(1);
    for (const outcome of [stalled, { kind: 'settled' }] as const) await complete(outcome);
    await see(place, OPEN, SHORT);
    await harness().wait(SHORT.windowMs + 1);
    await see(place, []);
    expect(await typesOf(harness(), 'binding.status')).toHaveLength(1);
    expect(await flapsOn(place)).toBeNull();
  });

  it('has nothing to end of a disconnected connection', async () => {
    const place = await alternating(await aPlace(harness()));
    await see(place, OPEN, SHORT);
    await harness().given.disconnect(place.connection.id);
    await harness().wait(SHORT.windowMs + 1);
    expect([await harness().stores.keyStates.nextFlapEndInMs(), await endFlapping()]).toEqual([null, 0]);
  });
};
