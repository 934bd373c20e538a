import { CARRIER_NAMES, type CarrierName, type Placement } from '@dialtone/carriers';
import { openOn, orderOn, useSimulatedCarriers } from './simulated-carriers';

/** How long a caller waits for an answer that never comes: long enough to send a request on a busy machine. */
const SOON_MS = 800;

interface Case {
  readonly name: string;
  readonly fault: Readonly<Record<string, unknown>>;
  /** What the port must say. */
  readonly kind: Placement['kind'];
  /** How many calls there then are at the carrier. */
  readonly calls: 0 | 1;
  readonly retryAfterMs?: number;
}

const CASES: readonly Case[] = [
  { name: 'is refused', fault: { kind: 'refused' }, kind: 'refused', calls: 0 },
  { name: 'meets 500', fault: { kind: 'status', status: 500 }, kind: 'unknown', calls: 0 },
  { name: 'meets 503', fault: { kind: 'status', status: 503 }, kind: 'unknown', calls: 0 },
  { name: 'meets 429', fault: { kind: 'rate_limit' }, kind: 'refused', calls: 0 },
  {
    name: 'meets 429 with Retry-After',
    fault: { kind: 'rate_limit', retry_after: 7 },
    kind: 'refused',
    calls: 0,
    retryAfterMs: 7_000,
  },
  { name: 'meets a page of HTML', fault: { kind: 'html' }, kind: 'unknown', calls: 0 },
  { name: 'meets 502 with a page of HTML', fault: { kind: 'html', status: 502 }, kind: 'unknown', calls: 0 },
  { name: 'is not taken, and is cut off', fault: { kind: 'reset_before' }, kind: 'unknown', calls: 0 },
  { name: 'is taken, and is cut off', fault: { kind: 'reset_after' }, kind: 'unknown', calls: 1 },
  { name: 'is overtaken by its callbacks', fault: { kind: 'callback_before_answer' }, kind: 'accepted', calls: 1 },
];

/** Carriers that are known to refuse with 200. */
const REFUSES_QUIETLY: readonly CarrierName[] = ['tata_smartflo', 'mcube'];

describe.each(CARRIER_NAMES)('a call through a simulated %s', (name) => {
  const { running, receiver } = useSimulatedCarriers();
  const placements = (): number =>
    running().simulator.journal.entries.filter(({ endpoint }) => endpoint === `${name}.calls.place`).length;
  const place = (): Promise<Placement> => openOn(running(), name).placeCall(orderOn(running(), receiver(), name));

  it.each(CASES)('that $name is asked for once: $kind', async ({ fault, kind, calls, retryAfterMs }) => {
    running().simulator.faults.add({ endpoint: `${name}.calls.place`, ...fault });
    const placed = await place();
    expect(placed).toMatchObject(
      kind === 'accepted' ? { kind } : { kind, failure: { retryAfterMs: retryAfterMs ?? null } },
    );
    expect(placements()).toBe(1);
    expect(running().simulator.world.calls).toHaveLength(calls);
  });

  it('that is refused inside of a 200 is asked for once, and never said to be placed', async () => {
    running().simulator.faults.add({ endpoint: `${name}.calls.place`, kind: 'success_false' });
    const { kind } = await place();
    expect(REFUSES_QUIETLY.includes(name) ? ['refused'] : ['refused', 'unknown']).toContain(kind);
    expect([placements(), running().simulator.world.calls]).toEqual([1, []]);
  });

  it('leaves no secret in the journals', async () => {
    await place();
    await running().simulator.advance(10_000);
    const { journal, deliveries, world } = running().simulator;
    const shown = JSON.stringify([journal.entries, deliveries.entries]);
    const secrets = Object.entries(world.accountsOf(name)[0]?.credentials ?? {}).filter(([field]) =>
      /token|password|key/.test(field),
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, secret] of [...secrets, ['', 'trunk-password']]) expect(shown).not.toContain(secret);
  });
});

/** All carriers at once: each waits as long as the others. */
describe('a call that meets no answer', () => {
  const { running, receiver } = useSimulatedCarriers();

  it.each([
    { fault: 'timeout_before', calls: 0 },
    { fault: 'timeout_after', calls: CARRIER_NAMES.length },
  ])('is asked for once, and may ring: $fault', async ({ fault, calls }) => {
    for (const name of CARRIER_NAMES) running().simulator.faults.add({ endpoint: `${name}.calls.place`, kind: fault });
    const placed = await Promise.all(
      CARRIER_NAMES.map((name) =>
        openOn(running(), name, { timeoutMs: SOON_MS }).placeCall(orderOn(running(), receiver(), name)),
      ),
    );
    expect(placed.map(({ kind }) => kind)).toEqual(CARRIER_NAMES.map(() => 'unknown'));
    const asked = running().simulator.journal.entries.map(({ endpoint }) => endpoint);
    expect(asked.sort()).toEqual(CARRIER_NAMES.map((name) => `${name}.calls.place`).sort());
    expect(running().simulator.world.calls).toHaveLength(calls);
  });
});
