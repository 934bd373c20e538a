import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import { useGateway } from '../../apps/api-gateway/test/gateway';
import { CALLBACK_FAULTS, REQUEST_FAULTS } from '../../apps/carrier-simulator/src/faults/fault-kinds';
import { OUTCOMES } from '../../apps/carrier-simulator/src/life-options';
import { Prng } from '../../apps/voicelink-simulator/src/world/prng';
import { StartedCalls, untruths } from './started-calls';
import { useSimulatedCarriers } from './simulated-carriers';

/** SIMULATION_SEEDS=1000 for a longer run; SIMULATION_SEED=n for one that has failed. */
// eslint-disable-next-line no-restricted-syntax -- a longer run is asked for from outside
const { SIMULATION_SEEDS, SIMULATION_SEED } = process.env;
const FIRST = Number(SIMULATION_SEED ?? 1);
const SEEDS = SIMULATION_SEED === undefined ? Number(SIMULATION_SEEDS ?? 12) : 1;

/** Those that take real time are in the table of faults-on-started-calls.spec.ts. */
const QUICK = REQUEST_FAULTS.filter((kind) => !kind.startsWith('timeout') && kind !== 'latency');
const CALLS = 6;
const STATUSES = [400, 401, 402, 403, 404, 409, 422, 500, 502, 503];
const UNTIL = ['ringing', 'in_progress', 'completed'];

describe('calls through carriers that do anything', () => {
  const gateway = useGateway();
  const { running } = useSimulatedCarriers();
  beforeAll(() => gateway.app.listen(0, '127.0.0.1'));

  /** Each fault strikes a few requests or callbacks, of one carrier or of all. */
  const addFaults = (prng: Prng): void => {
    const { faults } = running().simulator;
    for (let n = prng.int(4); n > 0; n -= 1) {
      const name = prng.pick<CarrierName>(CARRIER_NAMES);
      const kind = prng.pick(QUICK);
      const more = kind === 'status' ? { status: prng.pick(STATUSES) } : {};
      const until = kind === 'callback_before_answer' ? { until: prng.pick(UNTIL) } : {};
      const times = 1 + prng.int(3);
      const endpoint = `${name}.calls.${prng.pick(['place', 'read'])}`;
      faults.add({ endpoint, kind, times, ...more, ...until });
    }
    for (let n = prng.int(4); n > 0; n -= 1) {
      const kind = prng.pick(CALLBACK_FAULTS);
      const late = kind === 'callback_late' ? { ms: 1 + prng.int(60_000) } : {};
      faults.add({
        endpoint: `${prng.pick<CarrierName>(CARRIER_NAMES)}.callbacks.*`,
        kind,
        times: 1 + prng.int(4),
        ...late,
      });
    }
  };

  const run = async (seed: number): Promise<readonly string[]> => {
    const prng = new Prng(seed);
    gateway.reset();
    running().simulator.reset({});
    const calls = StartedCalls.on(gateway, running());
    const { simulator } = running();
    simulator.options = { ...simulator.options, outcome: prng.pick(OUTCOMES) };
    for (let n = 0; n < CALLS; n += 1) {
      addFaults(prng);
      await calls.start(prng.pick(CARRIER_NAMES));
      await running().simulator.advance(prng.int(2_000));
      if (prng.int(3) === 0) await calls.look();
    }
    // Reads that fail go on failing for a few looks only: a carrier that never answers is never believed.
    running().simulator.faults.clear();
    await calls.settle();
    const found: string[] = [];
    for (const started of calls.all) {
      const lies = untruths(started.provider, await calls.account(started));
      found.push(...lies.map((lie) => `seed ${String(seed)}: ${lie}`));
    }
    return found;
  };

  it(`ring once at most, and their records are true or say that it cannot be known (${String(SEEDS)} seeds)`, async () => {
    const found: string[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) found.push(...(await run(seed)));
    expect(found).toEqual([]);
  }, 600_000);
});
