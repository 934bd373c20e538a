import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from '../local/paths.mjs';
import { writeDeclarations } from './declarations.mjs';

const PACKAGES = join(repositoryRoot, 'dist/packages');

/** The schemas lie at the path that is their `$id`. */
function writeSchemas(folder) {
  const { ALL_EVENT_SCHEMAS, EVENT_SCHEMAS } = createRequire(import.meta.url)(join(folder, 'index.cjs'));
  for (const schema of [ALL_EVENT_SCHEMAS, ...Object.values(EVENT_SCHEMAS)]) {
    const path = join(folder, schema.$id);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
  }
  copyFileSync(join(repositoryRoot, 'docs/events/asyncapi.yaml'), join(folder, 'asyncapi.yaml'));
}

/** By the name of the lib: what its package starts with, and what else is in it. */
const LIBRARIES = {
  contracts: { entry: 'src/published.ts', complete: writeSchemas },
  client: { entry: 'src/index.ts', complete: () => undefined },
};

/** A lib as the npm package of its name, ready to be packed: ES modules and CommonJS, with types for both. */
async function buildLibrary(name) {
  const { entry, complete } = LIBRARIES[name];
  const lib = join(repositoryRoot, 'libs', name);
  const folder = join(PACKAGES, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(lib, 'package'), folder, { recursive: true });
  for (const [format, outfile] of Object.entries({ esm: 'index.mjs', cjs: 'index.cjs' }))
    await build({
      absWorkingDir: repositoryRoot,
      entryPoints: [join(lib, entry)],
      outfile: join(folder, outfile),
      bundle: true,
      format,
      platform: 'neutral',
      target: 'es2022',
      logLevel: 'warning',
    });
  writeDeclarations(join(lib, entry), join(folder, 'types'));
  complete(folder);
}

/** The npm packages of the libs that others build on. */
export async function buildLibraries() {
  for (const name of Object.keys(LIBRARIES)) await buildLibrary(name);
}

if (import.meta.filename === process.argv[1]) await buildLibraries();
