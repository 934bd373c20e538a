import { figuresOf } from './figures.mjs';
import { mainOf, startMeasured } from './measured-process.mjs';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { localDirectory } from '../deploy/local/paths.mjs';

/** The start of the simulator with `dids` numbers, from nothing to the first answer. */
export async function simulatorBenchmark({ dids, seed, profile, checkout }) {
  const logs = join(localDirectory, 'bench');
  mkdirSync(logs, { recursive: true });
  const started = performance.now();
  const args = ['--port', '0', '--dids', String(dids), '--seed', String(seed)];
  const child = startMeasured(mainOf('voicelink-simulator', checkout), {
    args,
    name: 'simulator',
    logFile: join(logs, 'simulator.log'),
  });
  try {
    const url = await child.line(/listening on (\S+)/);
    const wallMs = performance.now() - started;
    const rows = [{ name: 'start', ...figuresOf(await child.read()), wallMs }];
    await child.reset({ profile });
    const asked = performance.now();
    await fetch(`${url}/__admin/state?seed=2`, { method: 'DELETE' });
    const resetMs = performance.now() - asked;
    rows.push({
      name: 'new data',
      ...figuresOf(await child.read({ profile: profile && join(logs, 'simulator.cpuprofile') })),
      wallMs: resetMs,
    });
    return rows;
  } finally {
    await child.stop();
  }
}
