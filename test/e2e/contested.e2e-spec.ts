import { eventually, explained, startSystem, type System } from './harness';

const REPAIRS = 2;
/** Longer than it takes to prove so many writes to have had no effect; the test waits for it once. */
const WINDOW_MS = 30_000;
/** The process is woken to the millisecond, and shares the machine with other tests. */
const LATE_MS = 5_000;
/** On a machine so slow that repairs leave the window before they are undone. */
const MOST_REVERTS = 6;

let system: System;
beforeAll(async () => {
  system = await startSystem({
    env: {
      SWEEP_INTERVAL_MS: '400',
      CONTEST_REPAIRS: String(REPAIRS),
      CONTEST_WINDOW_MS: String(WINDOW_MS),
      // What is in doubt is so for five seconds.
      VOICELINK_TIMEOUT_MS: '400',
      VOICELINK_LATE_EFFECT_MS: '100',
      VOICELINK_STALE_READS_MS: '0',
      // Idle loops wake by what is due, not by polling.
      POLL_INTERVAL_MS: '2000',
    },
  });
});
afterAll(() => system.stop());

interface Contest {
  readonly kind: string;
  readonly step: string;
  readonly fields: readonly { readonly field: string }[];
  readonly resumes_at: string;
}
const statusOf = async (key: string) => {
  const { text } = await system.gateway.send(`/api/v2/voicelink/bindings/${key}`);
  return (JSON.parse(text) as { data: { status: { outcome: string; message: string; contest: Contest | null } } }).data
    .status;
};
const contestOf = (key: string): Promise<Contest> =>
  eventually(async () => {
    const { contest } = await statusOf(key);
    if (contest === null) throw new Error(`${key} is not contested.`);
    return contest;
  });
const callsTo = async (endpoint: string) =>
  (await system.simulator.journal()).filter((call) => call.endpoint === endpoint && call.effect);
const told = async (key: string): Promise<number> =>
  (await system.query(`select 1 from event_log where type = 'dialtone.repairs.contested.v1' and key = $1`, [key]))
    .length;

describe('repairs that do not last', () => {
  it(
    'are given up, told once, and made again at the time that was told, or when they are asked for',
    explained(async () => {
      const contested = await system.readyDid();
      // Bots that are made from now on are in no list; those of the ready number are.
      await system.simulator.inject({ endpoint: 'bots.list', kind: 'stale_list', ms: 600_000, probability: 1 });
      const clientId = await system.simulator.addClient();
      const swallowed = await system.simulator.addDid();
      await system.declare(swallowed, clientId);

      const revert = async (): Promise<void> => {
        const before = (await callsTo('routing.update')).length;
        await system.simulator.breakRouting(contested.key, 'only_answer');
        await eventually(async () => {
          const { contest } = await statusOf(contested.key);
          const repaired = (await callsTo('routing.update')).length > before;
          expect(repaired || contest !== null).toBe(true);
        });
      };
      let reverts = 0;
      for (; reverts < MOST_REVERTS && (await statusOf(contested.key)).contest === null; reverts += 1) await revert();
      expect(reverts).toBeGreaterThanOrEqual(REPAIRS);
      const { kind, step, fields, resumes_at: resumesAt } = await contestOf(contested.key);
      expect([kind, step]).toEqual(['contested', 'ensure_routing']);
      expect(fields.map(({ field }) => field)).toContain('for_outbound_call');
      expect((await statusOf(contested.key)).message).toContain('VoiceLink does not say who');
      // All but the last were repaired; the record that was made first counts, too.
      expect(await callsTo('routing.update')).toHaveLength(reverts - 1);

      const unlisted = await contestOf(swallowed);
      expect([unlisted.kind, unlisted.step]).toEqual(['not_converging', 'ensure_bot']);
      const made = (await callsTo('bots.create')).filter(({ body }) => Number(body['client_id']) === clientId);
      expect(made.length).toBeGreaterThanOrEqual(REPAIRS);
      expect(made.length).toBeLessThan(MOST_REVERTS);

      const repaired = await eventually(async () => {
        const [update] = (await callsTo('routing.update')).slice(reverts - 1);
        if (update === undefined) throw new Error('It is not repaired yet.');
        return update;
      }, 2 * WINDOW_MS);
      const lateBy = Date.parse(repaired.at) - Date.parse(resumesAt);
      expect(lateBy).toBeGreaterThanOrEqual(0);
      expect(lateBy).toBeLessThanOrEqual(LATE_MS);
      expect(await told(contested.key)).toBe(1);
      expect(await told(swallowed)).toBeGreaterThanOrEqual(1);

      await system.simulator.clearFaults();
      await system.gateway.send(`/api/v2/voicelink/bindings/${swallowed}/reconcile`, { method: 'POST' });
      await system.allReady([contested.key, swallowed]);
      expect((await statusOf(swallowed)).contest).toBeNull();
    }),
  );
});
