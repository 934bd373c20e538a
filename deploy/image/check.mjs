// Builds the image and runs it as the manifests do: as its own user on a read-only file system, without capabilities and without an
// init process. `npm run image`, or with more:
//   npm run image -- [--image NAME: that one, not built] [--build-network host] [--stops 20] [--network N --env-file FILE]
// Each app is stopped at random times in its first five seconds: it has two seconds to end with 143 or 0. With a network and an
// environment in which it finds its database it has come as far as serving by then; without, it waits for one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Explained, failWith } from '../local/errors.mjs';
import { repositoryRoot } from '../local/paths.mjs';

const MOST_MS = 2_000;
const FIRST_MS = 5_000;
const APPS = ['api-gateway', 'reconciler'];
const CONFINED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
const NO_DATABASE = {
  DATABASE_URL: 'postgresql://app@127.0.0.1:1/none',
  API_KEY_PEPPER: Buffer.alloc(32, 1).toString('base64'),
  CREDENTIALS_KEYS: `k1:${Buffer.alloc(32, 2).toString('base64')}`,
};

const say = (line) => process.stdout.write(`${line}\n`);

function docker(args, { inherit = false } = {}) {
  const done = spawnSync('docker', args, {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
  // Warnings of the engine are on standard error, beside what was asked for.
  const answer = done.stdout?.trim();
  return { status: done.status, answer, output: `${answer}\n${done.stderr ?? ''}`.trim() };
}

function expectEnd({ status, output }, { code, says, what }) {
  if (status === code && output.includes(says)) return;
  throw new Explained(`${what} ends with ${status}, and not with ${code} and "${says}":\n${output}`);
}

function build(network) {
  const args = ['build', '--file', join('deploy', 'Dockerfile'), '--tag', 'dialtone'];
  const { status } = docker([...args, ...(network ? [`--network=${network}`] : []), '.'], { inherit: true });
  if (status !== 0) throw new Explained('The image cannot be built, see above.');
}

/** What it is, and that it says in one line of its log why it cannot start. */
function checkConfined(image) {
  const run = (...args) => docker(['run', '--rm', '--network=none', ...CONFINED, ...args]);
  expectEnd(run('--entrypoint', 'id', image, '-u'), { code: 0, says: '1000', what: 'The user of the image' });
  expectEnd(run('--entrypoint', 'dialtone-admin', image, '--help'), {
    code: 0,
    says: 'Usage: dialtone-admin',
    what: 'dialtone-admin',
  });
  for (const app of APPS)
    expectEnd(run(image, app), { code: 78, says: 'DATABASE_URL is missing', what: `${app} without a configuration` });
}

async function stopOnce({ image, app, flags, delayMs }) {
  const started = docker(['run', '--detach', ...CONFINED, ...flags, image, app]);
  if (started.status !== 0) throw new Explained(`${app} cannot be started: ${started.output}`);
  const id = started.answer;
  try {
    await setTimeout(delayMs);
    const asked = performance.now();
    docker(['stop', '--time=10', id]);
    const ms = performance.now() - asked;
    const code = Number(docker(['inspect', '--format={{.State.ExitCode}}', id]).answer);
    if (ms <= MOST_MS && [0, 143].includes(code)) return ms;
    const { output } = docker(['logs', '--tail=20', id]);
    throw new Explained(
      `${app}, told to stop ${Math.round(delayMs)} ms after its start, ended with ${code} after ${Math.round(ms)} ms:\n${output}`,
    );
  } finally {
    docker(['rm', '--force', id]);
  }
}

async function checkStops({ image, flags, stops }) {
  for (const app of APPS) {
    const times = [];
    for (let stop = 0; stop < stops; stop += 1)
      times.push(await stopOnce({ image, app, flags, delayMs: Math.random() * FIRST_MS }));
    say(
      `${app}: ${stops} stops in its first ${FIRST_MS / 1000} s, the slowest took ${Math.round(Math.max(...times))} ms.`,
    );
  }
}

async function main() {
  const text = { type: 'string' };
  const options = { image: text, 'build-network': text, stops: text, network: text, 'env-file': text };
  const { values } = parseArgs({ options });
  const engine = docker(['version', '--format={{.Server.Version}}']);
  if (engine.status !== 0) return say('The image was not checked: no Docker engine answers.');
  say(`Docker engine ${engine.answer}`);
  if (!values.image) build(values['build-network']);
  const image = values.image ?? 'dialtone';
  checkConfined(image);
  say('It runs as user 1000, on a read-only file system, without capabilities.');
  const environment = values['env-file']
    ? [`--env-file=${values['env-file']}`]
    : Object.entries(NO_DATABASE).map(([name, value]) => `--env=${name}=${value}`);
  const flags = [`--network=${values.network ?? 'none'}`, ...environment];
  await checkStops({ image, flags, stops: Number(values.stops ?? 3) });
}

main().catch(failWith);
