/** @jest-environment <rootDir>/test/setup/plain-globals-environment.cjs */
import { setImmediate } from 'node:timers/promises';
import { SEASONS, type SeasonName } from './seasons';
import { FLAPPING, type SimulatedWorld } from './simulated-world';
import { Simulation } from './simulation';

// eslint-disable-next-line no-restricted-syntax -- a longer run is asked for from outside
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 25);

const run = async (seed: number, world: SimulatedWorld): Promise<Simulation> => {
  const simulation = new Simulation(seed, world);
  try {
    await simulation.run();
    return simulation;
  } catch (error) {
    const trace = simulation.trace.join('\n  ');
    const text = `Seed ${String(seed)} (${JSON.stringify(world)}): ${(error as Error).message}\n  ${trace}`;
    throw new Error(text, { cause: error });
  } finally {
    await setImmediate();
  }
};

/** Two seconds a seed on a busy machine. */
const LIMIT_MS = Math.max(600_000, 2_000 * SEEDS);

describe('two engines whose repairs are paused, and kept to maintenance windows', () => {
  it.each(Object.keys(SEASONS) as SeasonName[])(
    'write nothing that waits, wake in time and end READY (%s)',
    async (season) => {
      let writes = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) writes += (await run(seed, { season })).timed.writes;
      expect(writes).toBeGreaterThan(SEEDS);
    },
    LIMIT_MS,
  );
});

describe('two engines on numbers whose verdicts alternate', () => {
  it.each<{ readonly how: string; readonly world: SimulatedWorld }>([
    { how: 'records that are set back', world: { blinks: true, settings: FLAPPING } },
    { how: 'the same, and events that are relayed', world: { blinks: true, hasRelays: true, settings: FLAPPING } },
  ])(
    'tell of one flapping and of none of its changes, end it in time, and what it came to ($how)',
    async ({ world }) => {
      let flaps = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) flaps += (await run(seed, world)).timed.flaps.count;
      expect(flaps).toBeGreaterThan(SEEDS / 3);
    },
    LIMIT_MS,
  );
});
