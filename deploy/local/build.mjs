import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Explained, failWith } from './errors.mjs';
import { projectNode, repositoryRoot } from './paths.mjs';

const OUTPUT = join(repositoryRoot, 'dist');
const STAMP = join(OUTPUT, '.stamp');
const SETTINGS = [
  'apps/cli/package.json',
  'apps/cli/README.md',
  'deploy/cli/bundle.mjs',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

/** Sources that end up in dist: no tests. */
const isSource = (path) =>
  path.endsWith('.ts') && !/[.](spec|int-spec|e2e-spec)[.]ts$/.test(path) && !path.startsWith(join('libs', 'testing'));

function sources() {
  const found = ['apps', 'libs'].flatMap((directory) =>
    readdirSync(join(repositoryRoot, directory), { recursive: true }).map((path) => join(directory, path)),
  );
  return found.filter(isSource).sort();
}

/** Changes whenever anything does that the build reads. */
function digestOfSources() {
  const hash = createHash('sha256');
  for (const path of [...SETTINGS, ...sources()]) {
    const file = join(repositoryRoot, path);
    hash
      .update(`${path}\0`)
      .update(existsSync(file) ? readFileSync(file) : '')
      .update('\0');
  }
  return hash.digest('hex');
}

/** Puts the command line in one file. */
function bundleCommandLine() {
  const bundle = join(repositoryRoot, 'deploy', 'cli', 'bundle.mjs');
  const done = spawnSync(projectNode(), [bundle], { cwd: repositoryRoot, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Explained('The command line could not be put in one file, see above.');
}

/** Compiles all apps, with their types checked, in one run of the Nest CLI; the command line is bundled. */
export function build(say) {
  const digest = digestOfSources();
  const started = Date.now();
  say('Building …');
  rmSync(OUTPUT, { recursive: true, force: true });
  const nest = join(repositoryRoot, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const done = spawnSync(projectNode(), [nest, 'build', 'dialtone'], { cwd: repositoryRoot, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Explained('The build failed, see above.');
  bundleCommandLine();
  writeFileSync(STAMP, digest);
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** Builds when there is no build of exactly these sources. */
export async function ensureBuilt(say) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digestOfSources()) return;
  build(say);
}

if (import.meta.filename === process.argv[1]) {
  try {
    build((line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    failWith(error);
  }
}
