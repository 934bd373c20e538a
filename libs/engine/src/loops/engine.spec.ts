import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import { CredentialsUnreadableError } from '../ports';

const NUMBER = '918000000001';
const { backoff, resyncMs, sweepIntervalMs } = BED_SETTINGS;

const declared = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const did = bed.did(NUMBER, { clientId: client.id });
  await bed.declare(did.key);
  return { bed, client, ...did };
};

/** The queue of sweeps, and what it was told as the connection's error. */
const withErrors = (bed: EngineBed) => {
  const errors: (string | null)[] = [];
  const { sweepQueue } = bed.world;
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
    const { bed, key } = await declared();
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    const due = await bed.world.bindingQueue.nextDueInMs();
    expect(due).toBeGreaterThanOrEqual(0.9 * resyncMs);
    expect(due).toBeLessThanOrEqual(1.1 * resyncMs);
  });

  it('grows with every failure, up to the cap, and starts over when the DID has settled', async () => {
    const { bed, key } = await declared();
    bed.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    const clock = withCalls(bed.clock, { random: () => 0 });
    const engine = bed.engine({ clock });
    const delays: (number | null)[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await bed.reconcileKey(engine, key);
      delays.push(await bed.world.bindingQueue.nextDueInMs());
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, backoff.capMs, backoff.capMs]);
    bed.upstream.faults.clear();
    await bed.reconcileKey(engine, key);
    bed.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    await bed.reconcileKey(engine, key);
    expect(await bed.world.bindingQueue.nextDueInMs()).toBe(backoff.baseMs);
  });

  it('is nothing when the key was triggered during the work', async () => {
    const { bed, key } = await declared();
    const engine = bed.engine();
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await bed.world.trigger(bed.connectionId, key);
    await bed.drive(engine.reconcile(claimed));
    expect(await bed.world.bindingQueue.nextDueInMs()).toBe(0);
  });
});

describe('trouble', () => {
  it('with a store is a retry, told and survived', async () => {
    const { bed, key } = await declared();
    const keyStates = withCalls(bed.world.keyStates, { apply: away });
    expect(await bed.reconcileKey(bed.engine({ keyStates }), key)).toMatchObject({ kind: 'retry' });
    expect(bed.told.failed).toMatchObject([{ where: 'reconcile', error: { message: 'store away' } }]);
    expect(bed.upstream.journal).toEqual([]);
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
  });

  it('with the store after a write leaves the row that makes the next one careful', async () => {
    const { bed, key } = await declared();
    const journal = withCalls(bed.world.journal, { finish: away });
    expect(await bed.reconcileKey(bed.engine({ journal }), key)).toMatchObject({ kind: 'retry' });
    expect(bed.world.writes).toMatchObject([{ step: 'ensure_bot', state: 'pending' }]);
    await bed.run(bed.engine(), 2 * resyncMs);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.world.writes.map(({ state }) => state)).toEqual(['applied', 'done']);
  });

  it('with the outcome itself is thrown: the lease runs out, and the key is worked on again', async () => {
    const { bed, key } = await declared();
    const bindingQueue = withCalls(bed.world.bindingQueue, { complete: away });
    const engine = bed.engine({ bindingQueue });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await expect(bed.drive(engine.reconcile(claimed))).rejects.toThrow('store away');
    await bed.clock.advance(BED_SETTINGS.leaseTtlMs);
    expect((await bed.reconcile(bed.engine())).get(key)).toEqual({ kind: 'settled' });
  });

  it('with opening the account is a retry for the DID and an error of the sweep', async () => {
    const { bed, key } = await declared();
    const engine = bed.engine({ accounts: { open: away } });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    await bed.sweep(engine);
    expect(bed.told.failed.map(({ where }) => where)).toEqual(['reconcile', 'sweep']);
    expect(await bed.drive(engine.sweepOnce())).toBe(false);
    await bed.clock.advance(1.1 * sweepIntervalMs);
    expect(await bed.drive(engine.sweepOnce())).toBe(true);
  });

  it('with credentials that no key opens is told to the partner, who can send them again', async () => {
    const { bed, key } = await declared();
    const gone = new CredentialsUnreadableError(bed.connectionId, new Error('sealed'));
    const { sweepQueue, errors } = withErrors(bed);
    const engine = bed.engine({ sweepQueue, accounts: { open: () => Promise.reject(gone) } });
    const why = expect.stringMatching(/credentials .* cannot be opened; send them again/) as string;
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'retry', error: why, retryAfterMs: null });
    await bed.sweep(engine);
    expect(errors).toEqual([why]);
    expect(bed.told.failed).toMatchObject([{ error: gone }, { error: gone }]);
  });
});

describe('a disconnected connection', () => {
  it('is not worked on: its keys are not due and its sweep is not either', async () => {
    const { bed } = await declared();
    await bed.world.disconnect(bed.connectionId);
    const engine = bed.engine();
    expect(await engine.claim(10)).toEqual([]);
    expect(await engine.sweepOnce()).toBe(false);
  });

  it('stalls a key that was claimed just before', async () => {
    const { bed } = await declared();
    const engine = bed.engine();
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    await bed.world.disconnect(bed.connectionId);
    expect(await bed.drive(engine.reconcile(claimed))).toMatchObject({ kind: 'stalled', issues: [] });
    expect(bed.upstream.journal).toEqual([]);
  });
});

describe('a connection whose base URL may not be called any more', () => {
  it('says so, as a message of its keys and as its last error, and is not called disconnected', async () => {
    const { bed, key } = await declared();
    const { sweepQueue, errors } = withErrors(bed);
    const engine = bed.engine({ sweepQueue, accounts: { open: () => Promise.resolve(null) } });
    const why = expect.stringMatching(/^The base URL of this connection is not one/) as string;
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'stalled', issues: [], message: why });
    await bed.sweep(engine);
    expect(errors).toEqual([why]);
    expect([bed.told.swept, bed.told.failed]).toEqual([[], []]);
  });
});

describe('one key', () => {
  it('is worked on by one process at a time', async () => {
    const { bed } = await declared();
    expect(await bed.engine({ owner: 'one' }).claim(10)).toHaveLength(1);
    expect(await bed.engine({ owner: 'two' }).claim(10)).toHaveLength(0);
  });

  it('is told about with what it took', async () => {
    const { bed, key } = await declared();
    await bed.reconcileKey(bed.engine(), key);
    expect(bed.told.reconciled).toMatchObject([
      { connectionId: bed.connectionId, key, outcome: 'settled', message: null, state: 'READY', attempts: 0 },
    ]);
  });
});
