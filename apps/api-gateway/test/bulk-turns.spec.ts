import type { DidKey } from '@dialtone/domain';
import { useGateway } from './gateway';
import { readyObservation, unobserved } from './observations';
import { leastBusyMs, MAX_BUSY_MS } from './least-busy';

const PLAN = '/api/v2/voicelink/bindings:plan';
const BATCH = '/api/v2/voicelink/bindings:batch';
const US_PER_MS = 1_000;

/** The longest time that this thread computes without a turn for others while `work` is done, ms; garbage collection included. */
const longestTurnOf = async (work: () => Promise<unknown>): Promise<number> => {
  let isOver = false;
  let longest = 0;
  let before = process.threadCpuUsage();
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / US_PER_MS);
    before = process.threadCpuUsage();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isOver = true;
  return longest;
};

describe('a thousand declarations in one body', () => {
  const gateway = useGateway();
  const labels = Object.fromEntries(Array.from({ length: 16 }, (_, nth) => [`label-${String(nth)}`, 'a-value']));
  const keep = Array.from({ length: 50_000 }, (_, nth) => `+9190${String(nth).padStart(8, '0')}`);
  const bodyOf = (item: object, more: object = {}): string =>
    JSON.stringify({
      items: Array.from({ length: 1_000 }, (_, nth) => ({ number: `+9180${String(nth).padStart(8, '0')}`, ...item })),
      ...more,
    });

  it.each<{ what: string; item: object; more?: object; want: number }>([
    { what: 'as they are usually', item: {}, want: 200 },
    { what: 'with all of their labels', item: { labels }, want: 200 },
    {
      what: 'with long texts',
      item: { bot_name: 'b'.repeat(100), websocket_url: `wss://a.example/${'x'.repeat(600)}` },
      want: 200,
    },
    { what: 'that are all refused', item: { labels: { 'a b': 1 } }, want: 200 },
    { what: 'in a dry run', item: {}, more: { dry_run: true }, want: 200 },
    { what: 'with a long list of numbers to keep', item: {}, more: { manager: 'crm', prune: true, keep }, want: 200 },
  ])('keep nobody waiting, $what', async ({ item, more, want }) => {
    const payload = bodyOf({ agent_id: gateway.tenant.agentId, ...item }, more);
    expect(Buffer.byteLength(payload)).toBeLessThan(1024 * 1024);
    const ask = async (): Promise<void> => {
      expect((await gateway.ask('POST', BATCH, { payload })).status).toBe(want);
    };
    await ask();
    expect(await leastBusyMs(() => longestTurnOf(ask))).toBeLessThanOrEqual(MAX_BUSY_MS);
  });

  it.each([
    { what: 'that were never seen', observe: false },
    { what: 'that all need work', observe: true },
  ])('keep nobody waiting while they are planned, $what, and while the plan is applied', async ({ observe }) => {
    const { agentId, connectionId, partnerId } = gateway.tenant;
    for (let nth = 0; nth < 1_000 && observe; nth += 1) {
      const key = `9180${String(nth).padStart(8, '0')}` as DidKey;
      const observation = { ...readyObservation(key, agentId), bots: [], routing: null };
      gateway.world.store(partnerId, { ...unobserved(connectionId, key), observation });
    }
    const plan = async (): Promise<string> => {
      const { status, text } = await gateway.ask('POST', PLAN, { payload: bodyOf({ agent_id: agentId }) });
      expect(status).toBe(200);
      return text;
    };
    const { hash } = (JSON.parse(await plan()) as { data: { hash: string } }).data;
    expect(await leastBusyMs(() => longestTurnOf(plan))).toBeLessThanOrEqual(MAX_BUSY_MS);
    const apply = async (): Promise<void> => {
      const payload = bodyOf({ agent_id: agentId }, { plan: hash, dry_run: true });
      expect((await gateway.ask('POST', BATCH, { payload })).status).toBe(200);
    };
    expect(await leastBusyMs(() => longestTurnOf(apply))).toBeLessThanOrEqual(MAX_BUSY_MS);
  });
});
