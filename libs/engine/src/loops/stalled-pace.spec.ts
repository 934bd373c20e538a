import type { DidKey } from '@dialtone/domain';
import { EngineFixture, FIXTURE_SETTINGS } from '@dialtone/testing';
import * as fc from 'fast-check';
import { stalledDelayMs } from './backoff';

const NUMBER = '918000000001';
const KEY = NUMBER as DidKey;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RESYNC_MS = 30_000;
const SETTINGS = { ...FIXTURE_SETTINGS, resyncMs: RESYNC_MS };

const looksAt = (fixture: EngineFixture): number => fixture.told.reconciled.filter(({ key }) => key === KEY).length;

/** Stalled on `clientId`: mapped to another client in VoiceLink, and in order otherwise. */
const mismatched = async () => {
  const fixture = await EngineFixture.make();
  const engine = fixture.engine({ settings: SETTINGS });
  const [is, wanted] = [fixture.remote.addClient(), fixture.remote.addClient()];
  const did = fixture.did(NUMBER, { clientId: is.id });
  await fixture.declare(KEY, { clientId: is.id });
  await fixture.run(engine, MINUTE_MS);
  await fixture.declare(KEY, { clientId: wanted.id });
  return { fixture, engine, did, wanted };
};

describe('the pace of looks at a stalled declaration', () => {
  it('never gets faster, reaches hours, and stays there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 604_800_000 }), fc.integer({ min: 1, max: 10_000 }), (resyncMs, stalls) => {
        const [now, next] = [stalledDelayMs(stalls, resyncMs), stalledDelayMs(stalls + 1, resyncMs)];
        expect(stalledDelayMs(1, resyncMs)).toBe(resyncMs);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next).toBeLessThanOrEqual(2 * now);
        expect(stalledDelayMs(40, resyncMs)).toBe(Math.max(resyncMs, 6 * HOUR_MS));
      }),
    );
  });

  it.each<[name: string, declare: (fixture: EngineFixture) => Promise<unknown>]>([
    ['that VoiceLink has never listed', (fixture) => fixture.declare(KEY)],
    [
      'whose client is not named',
      async (fixture) => {
        fixture.did(NUMBER);
        await fixture.declare(KEY);
      },
    ],
    [
      'that is expired',
      async (fixture) => {
        fixture.did(NUMBER, { clientId: fixture.remote.addClient().id, expired: true });
        await fixture.declare(KEY);
      },
    ],
  ])('halves again and again for a number %s: 18 minutes have at most 10 looks, 6 hours 16', async (_name, declare) => {
    const fixture = await EngineFixture.make();
    await declare(fixture);
    await fixture.run(fixture.engine({ settings: SETTINGS }), 18 * MINUTE_MS);
    expect(looksAt(fixture)).toBeLessThanOrEqual(10);
    // Another process goes on at that pace.
    await fixture.run(fixture.engine({ settings: SETTINGS }), 6 * HOUR_MS);
    expect(looksAt(fixture)).toBeLessThanOrEqual(16);
    expect(fixture.told.reconciled.at(-1)).toMatchObject({ outcome: 'stalled' });
  });

  it.each<[name: string, lift: (given: Awaited<ReturnType<typeof mismatched>>) => Promise<unknown>]>([
    [
      'the number is mapped by hand, although nothing was wrong with it before',
      ({ fixture: { remote }, did, wanted }) => {
        remote.editDid(did.didId, { clientId: wanted.id });
        remote.editRouting(did.didId, { outboundBotId: remote.addBot(wanted.id).id });
        return Promise.resolve();
      },
    ],
    ['another declaration', ({ fixture, did }) => fixture.declare(KEY, { clientId: did.clientId })],
  ])('is forgotten once the cause is gone: %s', async (_name, lift) => {
    const given = await mismatched();
    const { fixture, engine } = given;
    await fixture.run(engine, 2 * HOUR_MS);
    expect(fixture.told.reconciled.at(-1)).toMatchObject({ outcome: 'stalled' });
    await lift(given);
    await fixture.run(engine, 90_000);
    expect(fixture.told.reconciled.at(-1)).toMatchObject({ outcome: 'settled', state: 'READY' });
  });

  it('is forgotten once call-ready has seen something new before the sweep', async () => {
    const fixture = await EngineFixture.make();
    const engine = fixture.engine({ settings: SETTINGS });
    const client = fixture.remote.addClient();
    await fixture.declare(KEY, { clientId: client.id });
    await fixture.run(engine, 2 * HOUR_MS);
    fixture.did(NUMBER);
    const request = { connectionId: fixture.connectionId, did: { key: KEY }, agentId: null, clientId: client.id };
    const rest = { botName: null, websocketUrl: null, actor: 'key', requestId: 'r' };
    await fixture.drive(fixture.provisioner({ settings: SETTINGS }).callReady({ ...request, ...rest }));
    await fixture.reconcile(engine);
    expect(fixture.told.reconciled.at(-1)).toMatchObject({ outcome: 'settled', state: 'READY' });
  });

  it('is forgotten once a look is requested', async () => {
    const { fixture, engine } = await mismatched();
    await fixture.run(engine, 2 * HOUR_MS);
    const before = looksAt(fixture);
    await fixture.reconcileKey(engine, KEY);
    expect(fixture.told.reconciled.at(-1)?.stalls).toBe(1);
    await fixture.run(engine, 5 * MINUTE_MS);
    expect(looksAt(fixture)).toBeGreaterThanOrEqual(before + 3);
  });
});
