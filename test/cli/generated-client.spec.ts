import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

it('the client of the API is what the OpenAPI document makes of it', () => {
  const done = spawnSync(process.execPath, ['deploy/cli/client.mjs', '--check'], { cwd: ROOT, encoding: 'utf8' });
  expect([done.stdout + done.stderr, done.status]).toEqual(['', 0]);
});
