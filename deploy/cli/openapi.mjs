import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { projectNode, repositoryRoot } from '../local/paths.mjs';
import { DOCUMENT } from './client.mjs';

/** `npm run openapi [-- FILE]`: the gateway's document, and with it the command line's client when it is the kept one. */
const run = (script, args) =>
  spawnSync(projectNode(), [join(repositoryRoot, script), ...args], { stdio: 'inherit' }).status;

const [file = DOCUMENT] = process.argv.slice(2);
const documented = run('dist/apps/api-gateway/src/openapi.js', [file]) ?? 1;
process.exitCode =
  documented === 0 && resolve(file) === DOCUMENT ? (run('deploy/cli/client.mjs', []) ?? 1) : documented;
