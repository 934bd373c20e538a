import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { projectNode, repositoryRoot } from '../local/paths.mjs';
import { DOCUMENT } from './client.mjs';

/** `npm run openapi [-- FILE]`: the gateway's document; the kept one is formatted, and the client of the API is made from it. */
const run = (script, args) =>
  spawnSync(projectNode(), [join(repositoryRoot, script), ...args], { stdio: 'inherit' }).status;

const [file = DOCUMENT] = process.argv.slice(2);
const steps = [
  ['dist/apps/api-gateway/src/openapi.js', [file]],
  ...(resolve(file) === DOCUMENT
    ? [
        ['node_modules/prettier/bin/prettier.cjs', ['--log-level', 'warn', '--write', file]],
        ['deploy/cli/client.mjs', []],
      ]
    : []),
];
for (const [script, args] of steps) {
  process.exitCode = run(script, args) ?? 1;
  if (process.exitCode !== 0) break;
}
