import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ensureBuilt } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { Explained, failWith } from './errors.mjs';
import { projectNode, repositoryRoot } from './paths.mjs';

/**
 * The way into every npm script that must work on a fresh clone:
 * `bootstrap.mjs [--no-build] <script> [arguments…]` installs the dependencies if they are missing or outdated, builds
 * if sources have changed, and runs the script on the Node that npm brought. It runs on whatever Node the machine has and
 * uses no dependency.
 */
const MINIMUM = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new Explained(
    `This is Node ${process.versions.node}; Dialtone needs ${MINIMUM.join('.')} or later to start (https://nodejs.org).`,
  );
}

/** Runs the script in the foreground, hands signals on, and ends as it ended. */
function run(script, args) {
  const child = spawn(projectNode(), [script, ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: scriptEnvironment(),
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A Ctrl-C at a terminal reaches the child by itself, as a member of the terminal's group: once is enough.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.once('error', failWith);
  child.once('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

/** Jest and NestJS need ES modules inside its sandbox; kafkajs counts a time-out below zero, harmlessly. */
function scriptEnvironment() {
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning',
  ];
  return { ...process.env, NODE_OPTIONS: [process.env.NODE_OPTIONS, ...flags].filter(Boolean).join(' ') };
}

async function main() {
  const [first, ...others] = process.argv.slice(2);
  const build = first !== '--no-build';
  const [script, ...args] = build ? [first, ...others] : others;
  checkNode();
  const say = (line) => process.stderr.write(`${line}\n`);
  await ensureDependencies(say);
  if (build) await ensureBuilt(say);
  if (script !== undefined) run(script, args);
}

main().catch(failWith);
