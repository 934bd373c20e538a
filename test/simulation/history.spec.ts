/** @jest-environment <rootDir>/test/setup/plain-globals-environment.cjs */
import { setImmediate } from 'node:timers/promises';
import { REPLICA_KINDS } from './replicas';
import type { SimulatedWorld } from './simulated-world';
import { Simulation } from './simulation';

// eslint-disable-next-line no-restricted-syntax -- a longer run is asked for from outside
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 24);
/** Runs of one test, so that a failure is told soon. */
const BATCH = 50;

const WORLDS: readonly SimulatedWorld[] = [
  {},
  { hasTwoConnections: true },
  { hasShortLists: true },
  ...REPLICA_KINDS.map((replicas) => ({ replicas })),
];
const batches = Array.from({ length: Math.ceil(seeds / BATCH) }, (_, batch) => ({
  from: batch * BATCH + 1,
  to: Math.min(seeds, (batch + 1) * BATCH),
}));

const run = async (seed: number): Promise<void> => {
  try {
    await new Simulation(seed, { ...WORLDS[seed % WORLDS.length], tellsHistory: true }).run();
  } catch (error) {
    throw new Error(`Seed ${String(seed)}: ${(error as Error).message}`, { cause: error });
  } finally {
    // A run never leaves its event-loop turn; Jest's own timers get one between two runs.
    await setImmediate();
  }
};

describe('history', () => {
  it.each(batches)(
    'has one entry of each call to VoiceLink and rebuilds every state of every number (seeds $from to $to)',
    async ({ from, to }) => {
      expect.hasAssertions();
      for (let seed = from; seed <= to; seed += 1) await expect(run(seed)).resolves.toBeUndefined();
    },
    600_000,
  );
});
