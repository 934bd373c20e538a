import { eventually, explained, startSystem, type DeclaredDid, type System } from './harness';

const SWEEP_MS = 400;
/** So long that a busy machine gets through the changes, and short enough to wait for once. */
const FLAP = { changes: 3, sweeps: 60 };
/** What waits is woken to the millisecond, and shares the machine with other tests. */
const LATE_MS = 5_000;
/** Enough to see that what waits waits. */
const AHEAD_MS = 15_000;
/** On a machine so slow that changes leave the window before they count. */
const MOST_TURNS = 8;
const MINUTE_MS = 60_000;

let system: System;
beforeAll(async () => {
  system = await startSystem({
    env: {
      SWEEP_INTERVAL_MS: String(SWEEP_MS),
      FLAP_CHANGES: String(FLAP.changes),
      FLAP_SWEEPS: String(FLAP.sweeps),
      // Sweeps are polled for; what waits is woken by what is due.
      POLL_INTERVAL_MS: '2000',
    },
  });
});
afterAll(() => system.stop());

const send = async (method: string, path: string, body: unknown): Promise<void> => {
  const { status, text } = await system.gateway.send(`/api/v2/voicelink/${path}`, { method, body });
  expect({ status, text }).toMatchObject({ status: method === 'POST' ? 201 : 200 });
};

/** A window that opens then, a full minute, by the clocks of its zone. */
const opensAt = (at: number) => {
  const timeZone = 'Europe/Berlin';
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  const [hour, minute] = text.split(':').map(Number);
  return {
    kind: 'allow',
    cron: `${String(minute)} ${String(hour)} * * *`,
    duration_seconds: 3_600,
    time_zone: timeZone,
  };
};

const waitsFor = (did: DeclaredDid, what: RegExp): Promise<void> =>
  eventually(async () => {
    const { status, readiness } = await system.gateway.binding(did.key);
    expect([readiness.state, status.outcome]).toEqual(['ROUTING_CHANGED', 'progressing']);
    expect(status.message).toMatch(what);
  });

/** Repairs of a number's routing since `from`. */
const repairsOf = async ({ key }: DeclaredDid, from: number) => {
  const { routing } = await system.simulator.did(key);
  return (await system.simulator.journal(from)).filter(
    ({ endpoint, path }) => endpoint === 'routing.update' && path.endsWith(`/${String(routing?.id)}`),
  );
};

/** How late the repair came that was due then, ms. */
const latenessOf = async (did: DeclaredDid, from: number, due: number): Promise<number> => {
  const repair = await eventually(async () => {
    const [first] = await repairsOf(did, from);
    if (first === undefined) throw new Error(`${did.key} is not repaired yet.`);
    return first;
  }, 2 * MINUTE_MS);
  return Date.parse(repair.at) - due;
};

const told = async (key: string): Promise<readonly { readonly type: string; readonly at: Date }[]> =>
  system.query<{ type: string; at: Date }>(
    `select type, (data ->> 'occurred_at')::timestamptz as at from event_log where key = $1 order by seq`,
    [key],
  );
const typesOf = async (key: string): Promise<readonly string[]> =>
  (await told(key)).map(({ type }) => type.split('.').slice(1, 3).join('.'));

/** Switches the bot of a number off or on, and waits until it is seen. */
const switched = async ({ key }: DeclaredDid, to: 'on' | 'off'): Promise<void> => {
  await system.simulator.meddle(key, to === 'off' ? 'deactivate-bot' : 'activate-bot');
  await eventually(async () => {
    expect((await system.gateway.binding(key)).readiness.state).toBe(to === 'off' ? 'NO_BOT' : 'READY');
  });
};

/** Switches it off and on until its verdict flaps, and once more. It is READY then. */
const alternate = async (did: DeclaredDid): Promise<void> => {
  for (let nth = 0; nth < MOST_TURNS && !(await typesOf(did.key)).includes('advisory.raised'); nth += 1)
    for (const to of ['off', 'on'] as const) await switched(did, to);
  for (const to of ['off', 'on'] as const) await switched(did, to);
};

const flapsUntil = async (key: string): Promise<number> => {
  const [row] = await system.query<{ until: Date }>('select flaps_until as until from dids where key = $1', [key]);
  return row?.until.getTime() ?? 0;
};

describe('what waits for a time', () => {
  // Windows begin at full minutes.
  it(
    'is left alone until then, and done within moments of it: a window, a pause, the end of a flapping',
    explained(async () => {
      const [closed, paused, alternating] = (await system.readyDids(3)) as [DeclaredDid, DeclaredDid, DeclaredDid];
      await system.declare(alternating.key, alternating.clientId, { mode: 'observe' });
      const windowAt = Math.ceil((Date.now() + AHEAD_MS) / MINUTE_MS) * MINUTE_MS;
      const pauseEndsAt = windowAt + 3_000;
      await send('PUT', 'steering', { connection_id: system.connectionId, windows: [opensAt(windowAt)] });
      const pause = { number: paused.key, reason: 'The trunk is moved', until: new Date(pauseEndsAt).toISOString() };
      await send('POST', 'pauses', pause);

      const from = await system.simulator.now();
      for (const { key } of [closed, paused]) await system.simulator.breakRouting(key, 'only_answer');
      await waitsFor(closed, /maintenance window/);
      await waitsFor(paused, /The trunk is moved/);

      await alternate(alternating);
      const flapsAt = await flapsUntil(alternating.key);
      const before = await typesOf(alternating.key);
      expect(before.at(-1)).toBe('advisory.raised');
      // Neither of the other two was written to meanwhile.
      for (const did of [closed, paused]) expect(await repairsOf(did, from)).toEqual([]);

      const late = [await latenessOf(closed, from, windowAt), await latenessOf(paused, from, pauseEndsAt)];
      await eventually(async () => {
        expect((await typesOf(alternating.key)).slice(before.length)).toContain('advisory.cleared');
      }, MINUTE_MS);
      const [cleared, ...others] = (await told(alternating.key)).slice(before.length);
      const types = others.map(({ type }) => type);
      // One for each thing that differs; the outcome does so where the last reconcile ended meanwhile.
      expect(types).toEqual(expect.arrayContaining(['dialtone.readiness.changed.v1', 'dialtone.drift.resolved.v1']));
      expect(new Set(types).size).toBe(types.length);
      late.push((cleared?.at.getTime() ?? 0) - flapsAt);
      for (const lateBy of late) {
        expect(lateBy).toBeGreaterThanOrEqual(0);
        expect(lateBy).toBeLessThanOrEqual(LATE_MS);
      }
      await system.allReady([closed.key, paused.key]);
      expect((await system.gateway.binding(alternating.key)).readiness.state).toBe('READY');
    }),
    3 * MINUTE_MS,
  );
});
