import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { CredentialsUnreadableError } from '../ports';

const NUMBER = '918000000001';
const { backoff, resyncMs, sweepIntervalMs } = FIXTURE_SETTINGS;

const declared = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(did.key);
  return { fixture, client, ...did };
};

/** The queue of sweeps, and what it was told as the connection's error. */
const withErrors = (fixture: EngineFixture) => {
  const errors: (string | null)[] = [];
  const { sweepQueue } = fixture.world;
  const failing = withCalls(sweepQueue, {
    completeSweep: (claimed, report, nextInMs) => {
      errors.push(report.error);
      return sweepQueue.completeSweep(claimed, report, nextInMs);
    },
  });
  return { sweepQueue: failing, errors };
};

const away = (): Promise<never> => Promise.reject(new Error('store away'));

describe('the delay after a reconcile', () => {
  it('is the resync interval, give or take a tenth, when nothing is left to do', async () => {
    const { fixture, key } = await declared();
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    const due = await fixture.world.bindingQueue.nextDueInMs();
    expect(due).toBeGreaterThanOrEqual(0.9 * resyncMs);
    expect(due).toBeLessThanOrEqual(1.1 * resyncMs);
  });

  it('grows with every failure, up to the cap, and starts over when the DID has settled', async () => {
    const { fixture, key } = await declared();
    fixture.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    const clock = withCalls(fixture.clock, { random: () => 0 });
    const engine = fixture.engine({ clock });
    const delays: (number | null)[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await fixture.reconcileKey(engine, key);
      delays.push(await fixture.world.bindingQueue.nextDueInMs());
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, backoff.capMs, backoff.capMs]);
    fixture.upstream.faults.clear();
    await fixture.reconcileKey(engine, key);
    fixture.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    await fixture.reconcileKey(engine, key);
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBe(backoff.baseMs);
  });

  it('is nothing when the key was triggered during the work', async () => {
    const { fixture, key } = await declared();
    const engine = fixture.engine();
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await fixture.world.trigger(fixture.connectionId, key);
    await fixture.drive(engine.reconcile(claimed));
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBe(0);
  });
});

describe('trouble', () => {
  it('with a store is a retry, told and survived', async () => {
    const { fixture, key } = await declared();
    const keyStates = withCalls(fixture.world.keyStates, { apply: away });
    expect(await fixture.reconcileKey(fixture.engine({ keyStates }), key)).toMatchObject({ kind: 'retry' });
    expect(fixture.told.failed).toMatchObject([{ where: 'reconcile', error: { message: 'store away' } }]);
    expect(fixture.upstream.journal).toEqual([]);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
  });

  it('with the store after writes leaves the rows that make the next ones careful', async () => {
    const { fixture, key } = await declared();
    const journal = withCalls(fixture.world.journal, { finish: away });
    expect(await fixture.reconcileKey(fixture.engine({ journal }), key)).toMatchObject({ kind: 'retry' });
    // One look shows the bot and the record that is made for it, and closes both rows.
    expect(fixture.world.writes).toMatchObject([
      { step: 'ensure_bot', state: 'pending' },
      { step: 'ensure_routing', state: 'pending' },
    ]);
    await fixture.run(fixture.engine(), 2 * resyncMs);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(fixture.upstream.effects('routing.create')).toHaveLength(1);
    expect(fixture.world.writes.map(({ state }) => state)).toEqual(['applied', 'applied']);
  });

  it('with the outcome itself is thrown: the lease runs out, and the key is worked on again', async () => {
    const { fixture, key } = await declared();
    const bindingQueue = withCalls(fixture.world.bindingQueue, { complete: away });
    const engine = fixture.engine({ bindingQueue });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await expect(fixture.drive(engine.reconcile(claimed))).rejects.toThrow('store away');
    await fixture.clock.advance(FIXTURE_SETTINGS.leaseTtlMs);
    expect((await fixture.reconcile(fixture.engine())).get(key)).toEqual({ kind: 'settled' });
  });

  it('with opening the account is a retry for the DID and an error of the sweep', async () => {
    const { fixture, key } = await declared();
    const engine = fixture.engine({ accounts: { open: away } });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    await fixture.sweep(engine);
    expect(fixture.told.failed.map(({ where }) => where)).toEqual(['reconcile', 'sweep']);
    expect(await fixture.drive(engine.sweepOnce())).toBe(false);
    await fixture.clock.advance(1.1 * sweepIntervalMs);
    expect(await fixture.drive(engine.sweepOnce())).toBe(true);
  });

  it('with credentials that no key opens is told to the partner, who can send them again', async () => {
    const { fixture, key } = await declared();
    const gone = new CredentialsUnreadableError(fixture.connectionId, new Error('sealed'));
    const { sweepQueue, errors } = withErrors(fixture);
    const engine = fixture.engine({ sweepQueue, accounts: { open: () => Promise.reject(gone) } });
    const why = expect.stringMatching(/credentials .* cannot be opened; send them again/) as string;
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'retry', error: why, retryAfterMs: null });
    await fixture.sweep(engine);
    expect(errors).toEqual([why]);
    expect(fixture.told.failed).toMatchObject([{ error: gone }, { error: gone }]);
  });
});

describe('a disconnected connection', () => {
  it('is not worked on: its keys are not due and its sweep is not either', async () => {
    const { fixture } = await declared();
    await fixture.world.disconnect(fixture.connectionId);
    const engine = fixture.engine();
    expect(await engine.claim(10)).toEqual([]);
    expect(await engine.sweepOnce()).toBe(false);
  });

  it('stalls a key that was claimed just before', async () => {
    const { fixture } = await declared();
    const engine = fixture.engine();
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await fixture.world.disconnect(fixture.connectionId);
    expect(await fixture.drive(engine.reconcile(claimed))).toMatchObject({ kind: 'stalled', issues: [] });
    expect(fixture.upstream.journal).toEqual([]);
  });
});

describe('a connection whose base URL may not be called any more', () => {
  it('says so, as a message of its keys and as its last error, and is not called disconnected', async () => {
    const { fixture, key } = await declared();
    const { sweepQueue, errors } = withErrors(fixture);
    const engine = fixture.engine({ sweepQueue, accounts: { open: () => Promise.resolve(null) } });
    const why = expect.stringMatching(/^The base URL of this connection is not one/) as string;
    const reason = 'CONNECTION_NOT_CALLABLE';
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'stalled', reason, issues: [], message: why });
    await fixture.sweep(engine);
    expect(errors).toEqual([why]);
    expect([fixture.told.swept, fixture.told.failed]).toEqual([[], []]);
  });
});

describe('one key', () => {
  it('is worked on by one process at a time', async () => {
    const { fixture } = await declared();
    expect(await fixture.engine({ owner: 'one' }).claim(10)).toHaveLength(1);
    expect(await fixture.engine({ owner: 'two' }).claim(10)).toHaveLength(0);
  });

  it('is told about with what it took', async () => {
    const { fixture, key } = await declared();
    await fixture.reconcileKey(fixture.engine(), key);
    expect(fixture.told.reconciled).toMatchObject([
      { connectionId: fixture.connectionId, key, outcome: 'settled', message: null, state: 'READY', attempts: 0 },
    ]);
  });
});
