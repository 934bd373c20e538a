/** @jest-environment <rootDir>/test/setup/plain-globals-environment.cjs */
import { setImmediate } from 'node:timers/promises';
import { RIVAL_KINDS } from './rivals';
import { Simulation } from './simulation';
import { CONTESTED } from './simulated-world';

// eslint-disable-next-line no-restricted-syntax -- a longer run is asked for from outside
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 60);

/** Two seconds a seed on a busy machine. */
const LIMIT_MS = Math.max(600_000, 2_000 * SEEDS);

describe('two engines against what undoes or swallows their repairs', () => {
  it.each(RIVAL_KINDS)(
    'stop after as many repairs as are allowed, tell it once, wake in time and end READY (%s)',
    async (rivals) => {
      let contests = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const simulation = new Simulation(seed, { rivals, settings: CONTESTED });
        await simulation.run().catch((error: unknown) => {
          const trace = simulation.trace.join('\n  ');
          throw new Error(`Seed ${String(seed)} (${rivals}): ${(error as Error).message}\n  ${trace}`, {
            cause: error,
          });
        });
        contests += simulation.timed.contests.count;
        await setImmediate();
      }
      expect(contests).toBeGreaterThan(SEEDS / 20);
    },
    LIMIT_MS,
  );
});
