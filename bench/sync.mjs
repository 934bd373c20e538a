import { join } from 'node:path';
import { watchDatabase } from './database.mjs';
import { figuresOf } from './figures.mjs';
import { startBed } from './stack.mjs';

const MB = 1_048_576;

/**
 * One connection of `dids` numbers, asked of a real gateway: read only, with its import (the first stores a row and a verdict
 * for every number), once more with nothing to do, and read only again. How large the answer was is in the phase's name.
 */
export async function syncBenchmark({ dids, seed, profile, checkout }) {
  const bed = await startBed({ dids, seed, checkout });
  const database = await watchDatabase(bed.databaseUrl);
  try {
    const gateway = await bed.app('api-gateway', { name: 'api-gateway' });
    const measure = (name, body) => measureSync({ name, body, bed, database, gateway, profile });
    return [
      await measure('check', { import_dids: false }),
      await measure('import', {}),
      await measure('unchanged', {}),
      await measure('check again', { import_dids: false }),
    ];
  } finally {
    await database.close();
    await bed.stop();
  }
}

async function measureSync({ name, body, bed, database, gateway, profile }) {
  const before = await gateway.read().then(() => database.rowsWritten());
  await gateway.reset({ profile });
  const started = performance.now();
  const response = await fetch(`${gateway.url}/api/v2/voicelink/sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bed.partner.api_key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.arrayBuffer();
  const wallMs = performance.now() - started;
  if (!response.ok) throw new Error(`sync: ${response.status} ${Buffer.from(answer).toString('utf8', 0, 500)}`);
  const measured = await gateway.read({
    profile: profile && join(bed.logs, `sync-${name.replaceAll(' ', '-')}.cpuprofile`),
  });
  const rows = (await database.rowsWritten()) - before;
  const size = (answer.byteLength / MB).toFixed(1);
  return { name: `${name}, ${size} MB`, ...figuresOf(measured), wallMs, rows, byStatement: measured.byStatement };
}
