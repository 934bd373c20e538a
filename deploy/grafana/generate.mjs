// Writes deploy/grafana/dashboards: node deploy/grafana/generate.mjs. With --check it only says which file is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connection } from './src/connection.mjs';
import { events } from './src/events.mjs';
import { gateway } from './src/gateway.mjs';
import { overview } from './src/overview.mjs';
import { reconciler } from './src/reconciler.mjs';

const onlyCheck = process.argv.includes('--check');

const current = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

for (const [name, content] of Object.entries({ overview, connection, gateway, reconciler, events })) {
  const file = join(import.meta.dirname, 'dashboards', `${name}.json`);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!onlyCheck) writeFileSync(file, text);
  else if (current(file) !== text) {
    process.stderr.write(`dashboards/${name}.json is not current: node deploy/grafana/generate.mjs\n`);
    process.exitCode = 1;
  }
}
