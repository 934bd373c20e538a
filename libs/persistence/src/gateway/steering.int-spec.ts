import type { Author } from '@dialtone/engine';
import type { ConnectionId, DidKey, MaintenanceWindow, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import type { PauseInput } from './steering-store';

const tenant = useTenant();
const { postgres, connect, declare, settleAll, dueKeys } = tenant;
const AUTHOR: Author = { actor: 'key-1', manager: null, requestId: 'r-1' };
const HOUR_MS = 3_600_000;

let partnerId: PartnerId;
let connectionId: ConnectionId;
let key: DidKey;
beforeEach(async () => {
  ({ partnerId } = tenant);
  connectionId = await connect();
  key = aDidKey();
  await declare(connectionId, key);
});

const pause = (over: Partial<PauseInput> = {}) =>
  postgres.stores.steering.pause({
    ...{ partnerId, connectionId: null, key: null, labels: null, reason: 'Moving', author: AUTHOR },
    until: Date.now() + HOUR_MS,
    ...over,
  });
const reasons = async (of = key, on = connectionId): Promise<readonly string[]> =>
  ((await postgres.stores.voiceLinkConnections.steering(on, of))?.standing ?? []).map(({ reason }) => reason);
const label = (labels: Readonly<Record<string, string>>) =>
  postgres.query(`update bindings set labels = $2 where key = $1`, [key, JSON.stringify(labels)]);
const waitForEver = () =>
  postgres.query(`update bindings set outcome = 'progressing', due_at = now() + interval '1 day'`);
const always = (kind: MaintenanceWindow['kind']): MaintenanceWindow => ({
  ...{ kind, cron: '0 0 * * *', timeZone: 'UTC' },
  durationSeconds: 86_399,
});

describe('a pause', () => {
  it.each([
    ['everything', () => ({}), true],
    ['the connection', () => ({ connectionId }), true],
    ['the number', () => ({ key }), true],
    ['a label that it has', () => ({ labels: { team: 'sales' } }), true],
    ['a label with another value', () => ({ labels: { team: 'support' } }), false],
    ['several labels of which it lacks one', () => ({ labels: { team: 'sales', region: 'north' } }), false],
  ] as const)('of %s stands for a number that it covers', async (_, scope, want) => {
    await label({ team: 'sales' });
    expect((await pause(scope())).kind).toBe('paused');
    expect(await reasons()).toEqual(want ? ['paused'] : []);
  });

  it('of another number, connection or partner does not', async () => {
    const other = await connect();
    const [otherKey, anotherPartner] = [aDidKey(), await tenant.anotherPartner()];
    await declare(other, otherKey);
    await pause({ key: otherKey });
    await pause({ connectionId: other });
    await pause({ partnerId: anotherPartner });
    expect(await reasons()).toEqual([]);
    expect(await reasons(otherKey, other)).toEqual(['paused', 'paused']);
  });

  it('names only what is the partner´s, and a time ahead', async () => {
    const theirs = await connect('voicelink', await tenant.anotherPartner());
    expect(await pause({ connectionId: theirs })).toEqual({ kind: 'unknown', what: 'connection' });
    expect(await pause({ key: aDidKey() })).toEqual({ kind: 'unknown', what: 'binding' });
    expect(await pause({ until: Date.now() - 1 })).toEqual({ kind: 'past' });
    expect(await postgres.stores.steering.pauses(partnerId)).toEqual([]);
  });

  it('ends by itself, and once ended early wakes what it covers and nothing else', async () => {
    const settled = aDidKey();
    await declare(connectionId, settled);
    await waitForEver();
    await postgres.query(`update bindings set outcome = 'settled' where key = $1`, [settled]);
    const short = await pause({ until: Date.now() + 300, key });
    const long = await pause({ connectionId });
    if (short.kind !== 'paused' || long.kind !== 'paused') throw new Error('Not paused.');
    const standing = await postgres.stores.voiceLinkConnections.steering(connectionId, key);
    expect(standing?.standing.map(({ until }) => until)).toEqual([long.pause.until, short.pause.until]);
    expect(await dueKeys()).toEqual([]);
    expect(await postgres.stores.steering.resume(await tenant.anotherPartner(), long.pause.id, AUTHOR)).toBeNull();
    expect(await postgres.stores.steering.resume(partnerId, long.pause.id, AUTHOR)).toMatchObject({
      id: long.pause.id,
    });
    expect(await postgres.stores.steering.resume(partnerId, long.pause.id, AUTHOR)).toBeNull();
    expect(await dueKeys()).toEqual([key]);
    await new Promise((resolve) => setTimeout(resolve, 320));
    expect(await reasons()).toEqual([]);
    expect(await postgres.stores.steering.pauses(partnerId)).toEqual([]);
  });

  it('is in the history, with who, why and until when', async () => {
    const result = await pause({ key });
    if (result.kind !== 'paused') throw new Error('Not paused.');
    await postgres.stores.steering.resume(partnerId, result.pause.id, { ...AUTHOR, requestId: 'r-2' });
    const kept = await postgres.query(
      `select kind, key, actor, request_id, before, after from history where kind like 'pause%' order by id`,
    );
    const until = new Date(result.pause.until).toISOString();
    const facts = { pause_id: result.pause.id, labels: null, reason: 'Moving', until };
    expect(kept).toEqual([
      { kind: 'pause_begun', key, actor: 'key-1', request_id: 'r-1', before: null, after: facts },
      { kind: 'pause_ended', key, actor: 'key-1', request_id: 'r-2', before: facts, after: null },
    ]);
  });
});

describe('mode and windows', () => {
  it('of partner and connection are read for each number, and wake what waits when they change', async () => {
    const { steering } = postgres.stores;
    await waitForEver();
    expect(await steering.steer({ partnerId, connectionId }, { mode: 'create-only', windows: [always('deny')] })).toBe(
      true,
    );
    expect(await dueKeys()).toEqual([key]);
    await settleAll();
    await waitForEver();
    expect(await steering.steer({ partnerId, connectionId: null }, { mode: 'observe' })).toBe(true);
    expect(await dueKeys()).toEqual([key]);
    expect(await postgres.stores.voiceLinkConnections.steering(connectionId, key)).toMatchObject({
      modes: { partner: 'observe', connection: 'create-only' },
      standing: [{ reason: 'window_closed' }],
    });
    expect(await steering.place({ partnerId, connectionId })).toEqual({
      mode: 'create-only',
      windows: [always('deny')],
    });
    const stranger = await tenant.anotherPartner();
    expect(await steering.place({ partnerId: stranger, connectionId })).toBeNull();
    expect(await steering.steer({ partnerId: stranger, connectionId }, { windows: [] })).toBe(false);
  });

  it('leave an entry in the history of each change, and none when nothing changes', async () => {
    const { steering, history } = postgres.stores;
    await steering.steer({ partnerId, connectionId }, { mode: 'create-only' }, AUTHOR);
    await steering.steer({ partnerId, connectionId }, { mode: 'create-only', windows: [] }, AUTHOR);
    await steering.steer({ partnerId, connectionId: null }, { windows: [always('deny')] }, AUTHOR);
    const entries = await history.read({ partnerId, kinds: ['steering_changed'], limit: 10 });
    const shown = { kind: 'deny', cron: '0 0 * * *', duration_seconds: 86_399, time_zone: 'UTC' };
    const enforced = { mode: 'enforce', windows: [] };
    expect(entries).toMatchObject([
      { connectionId: null, key: null, ...AUTHOR, before: enforced, after: { mode: 'enforce', windows: [shown] } },
      { connectionId, key: null, ...AUTHOR, before: enforced, after: { mode: 'create-only', windows: [] } },
    ]);
  });

  it('date WritesAllowed', async () => {
    const record = async () => (await postgres.stores.bindings.find(partnerId, key))?.record;
    const { steering } = postgres.stores;
    await steering.steer({ partnerId, connectionId: null }, { mode: 'observe' });
    await steering.steer({ partnerId, connectionId }, { mode: 'create-only' });
    expect(await record()).toMatchObject({ partnerTurns: [expect.any(Number)], writesTurns: [] });
    await steering.steer({ partnerId, connectionId }, { mode: 'observe' });
    const result = await pause({ key });
    if (result.kind !== 'paused') throw new Error('Not paused.');
    expect(await record()).toMatchObject({
      writesTurns: [expect.any(Number)],
      restrained: [{ since: result.pause.begunAt, until: null }],
    });
    await steering.resume(partnerId, result.pause.id, AUTHOR);
    expect((await record())?.restrained).toEqual([
      { since: result.pause.begunAt, until: expect.any(Number) as number },
    ]);
  });
});

describe('a token of a request to reconcile now', () => {
  it('is handled once the reconcile that it asked for is complete, and not by one that had begun before', async () => {
    const { bindings, bindingQueue } = postgres.stores;
    const handled = async () => (await bindings.find(partnerId, key))?.status.handledToken;
    const [before] = await bindingQueue.claim('one', 1, 10_000);
    await bindings.trigger(partnerId, key, 'now');
    if (before === undefined) throw new Error('Nothing was due.');
    await bindingQueue.complete(before, { kind: 'settled' }, HOUR_MS);
    expect(await handled()).toBeNull();
    const [after] = await bindingQueue.claim('one', 1, 10_000);
    if (after === undefined) throw new Error('Nothing was due.');
    await bindingQueue.complete(after, { kind: 'settled' }, HOUR_MS);
    expect(await handled()).toBe('now');
  });
});
