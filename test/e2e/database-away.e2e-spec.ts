import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  explained,
  Load,
  OUTAGE_MS,
  request,
  startSystem,
  type DeclaredDid,
  type Question,
  type System,
  type Waited,
} from './harness';

const TIMEOUT_MS = 5_000;
/** The client abandons a statement a second after its time-out; the rest, for a busy machine, is less than a second time-out. */
const LONGEST_WAIT_MS = TIMEOUT_MS + 1_000 + 4_000;
/** A readiness check takes at most 2 s, and its result is cached for another second. */
const NOTICED_MS = 3_500;
const RECOVERY_MS = 10_000;

let system: System;
let dids: readonly DeclaredDid[];
beforeAll(async () => {
  system = await startSystem({ isProxied: true, env: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) } });
  dids = await system.readyDids(4);
});
afterAll(() => system.stop());

const questions = (): readonly Question[] => {
  const { gateway, agentId } = system;
  const [{ key, clientId }] = dids as readonly [DeclaredDid];
  const again = (what: string, ask: Question['ask'], count: number): readonly Question[] =>
    Array.from({ length: count }, () => ({ what, ask, everyMs: 20 }));
  const declaration = { agent_id: agentId, client_id: clientId };
  return [
    ...again('read', () => gateway.send(`/api/v2/voicelink/bindings/${key}`), 4),
    ...again('list', () => gateway.send('/api/v2/voicelink/readiness?limit=10'), 2),
    ...again('write', () => gateway.put(key, declaration), 2),
    ...again('keyed write', () => gateway.put(key, declaration, { 'idempotency-key': randomUUID() }), 2),
    { what: 'gateway ready', ask: () => gateway.send('/health/ready'), everyMs: 200 },
    { what: 'reconciler ready', ask: () => request(`${system.reconcilerUrl}/readyz`), everyMs: 200 },
  ];
};
const READY = ['gateway ready', 'reconciler ready'];
const isReadiness = ({ what }: Waited): boolean => READY.includes(what);

interface Outage {
  readonly load: Load;
  readonly from: number;
  readonly to: number;
}

/** The time from the end of the outage to its last error, and to the repair of the last DID. */
const recoveryOf = async ({ load, to }: Outage, broken: DeclaredDid): Promise<Readonly<Record<string, number>>> => {
  await system.allReady([broken.key], RECOVERY_MS);
  const repaired = Date.now() - to;
  await system.delivered();
  const delivered = Date.now() - to;
  await sleep(Math.max(0, to + RECOVERY_MS + 2_000 - Date.now()));
  const last = load.between(to, Infinity).findLast(({ status }) => status >= 300);
  return { repaired, delivered, [last?.what ?? 'nothing failed']: last === undefined ? 0 : last.at + last.ms - to };
};

/** Runs an outage under load and breaks a number meanwhile; returns the problems as sentences. */
const survive = async (ms: number, begin: () => Promise<unknown>, end: () => Promise<unknown>): Promise<string[]> => {
  const pids = system.children.map(({ pid, running }) => ({ pid, running }));
  const [, broken] = dids as readonly [DeclaredDid, DeclaredDid];
  const load = new Load(questions());
  await sleep(2_000);
  const from = Date.now();
  await begin();
  await sleep(ms / 2);
  await system.simulator.breakRouting(broken.key, 'sip');
  await sleep(ms / 2);
  const to = Date.now();
  await end();
  const outage = { load, from, to };
  const recovery = await recoveryOf(outage, broken);
  await load.stop();
  report(outage, recovery);
  const restarted = system.children.filter(({ pid, running }, nth) => pids[nth]?.pid !== pid || !running);
  return [
    ...complaintsAbout(outage),
    ...Object.entries(recovery).flatMap(([what, after]) =>
      after < RECOVERY_MS ? [] : [`${what} after ${String(after)} ms`],
    ),
    ...restarted.map(({ name }) => `${name} ended`),
  ];
};

const told = (one: Waited): string => `${one.what}: ${String(one.status)} after ${String(one.ms)} ms`;

const complaintsAbout = ({ load, from, to }: Outage): string[] => {
  const failed = load.between(0, from).filter(({ status, at, ms }) => status >= 300 && at + ms < from);
  // Latency before the outage is due to a busy machine.
  const late = load.answers.filter(({ at, ms }) => at + ms - Math.max(at, from) >= LONGEST_WAIT_MS);
  const vague = load
    .between(from, to)
    .filter(
      (one) => one.status >= 300 && (one.status !== 503 || one.retryAfter === null) && one.what !== 'reconciler ready',
    );
  const ready = READY.map((what) => load.between(from + NOTICED_MS, to - 100, what));
  return [
    ...failed.map((one) => `before it: ${told(one)}`),
    ...late.map((one) => `too late: ${told(one)}`),
    ...vague.map((one) => `neither served nor asked to come again: ${told(one)}`),
    ...ready
      .flat()
      .filter(({ status }) => status !== 503)
      .map((one) => `ready meanwhile: ${told(one)}`),
    ...ready.flatMap((all, nth) => (all.length > 2 ? [] : [`${READY[nth] ?? ''} was hardly asked`])),
  ];
};

const report = ({ load, from, to }: Outage, recovery: Readonly<Record<string, number>>): void => {
  const during = load.between(from, to).filter((one) => !isReadiness(one));
  const longest = Math.max(...during.map(({ ms }) => ms));
  const said = Object.entries(recovery).map(([what, after]) => `${what} ${String(after)} ms`);
  process.stdout.write(
    `Away for ${String(Math.round((to - from) / 1_000))} s: ${String(during.length)} requests, the longest ${String(longest)} ms; after it: ${said.join(', ')}\n`,
  );
};

describe('a database that is away', () => {
  it(
    'keeps no request beyond its deadline while it is silent, and all works soon after',
    explained(async () => {
      const complaints = await survive(
        OUTAGE_MS.silent,
        () => Promise.resolve(system.proxy?.silence('all')),
        async () => system.proxy?.mend(),
      );
      expect(complaints).toEqual([]);
    }),
    OUTAGE_MS.silent + 300_000,
  );

  it(
    'keeps no request beyond its deadline when only the open connections are dead',
    explained(async () => {
      const load = new Load(questions());
      await sleep(1_000);
      const from = Date.now();
      system.proxy?.silence('open');
      await sleep(RECOVERY_MS + 2_000);
      await load.stop();
      expect(Math.max(...load.between(from, Infinity).map(({ ms }) => ms))).toBeLessThan(LONGEST_WAIT_MS);
      expect(load.between(from + RECOVERY_MS, Infinity).filter(({ status }) => status >= 300)).toEqual([]);
    }),
  );

  it(
    'takes no writes after a fail-over: nothing is served that is not, and all works soon after',
    explained(async () => {
      const complaints = await survive(
        OUTAGE_MS.readOnly,
        () => system.database.setReadOnly(true),
        () => system.database.setReadOnly(false),
      );
      expect(complaints).toEqual([]);
    }),
    OUTAGE_MS.readOnly + 300_000,
  );
});
