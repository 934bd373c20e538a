import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from '../local/paths.mjs';

/** The npm package `@dialtone/cli`, ready to be packed. */
export const PACKAGE = join(repositoryRoot, 'dist/packages/cli');
const SOURCE = join(repositoryRoot, 'apps/cli');

/** The folders of node_modules that something in the bundle came from. */
const packagesOf = ({ inputs }) =>
  [...new Set(Object.keys(inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]))]
    .filter((folder) => folder !== undefined)
    .sort();

/** What the licences of the bundled packages ask for: their texts go with the copies. */
function licencesOf(folders) {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(repositoryRoot, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(repositoryRoot, folder, file), 'utf8').trim();
    return `${name} ${version}, ${license}\n\n${text}\n`;
  });
  return `dialtone.js has these packages in it.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** One file with all that it needs, beside the package.json that it is published with. */
export async function bundle() {
  const manifest = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));
  mkdirSync(PACKAGE, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [join(SOURCE, 'src/main.ts')],
    outfile: join(PACKAGE, 'dialtone.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: '#!/usr/bin/env node' },
    define: { CLI_VERSION: JSON.stringify(manifest.version) },
    metafile: true,
    logLevel: 'warning',
  });
  chmodSync(join(PACKAGE, 'dialtone.js'), 0o755);
  for (const name of ['package.json', 'README.md'])
    if (existsSync(join(SOURCE, name))) copyFileSync(join(SOURCE, name), join(PACKAGE, name));
  writeFileSync(join(PACKAGE, 'LICENSES.txt'), licencesOf(packagesOf(metafile)));
}

if (import.meta.filename === process.argv[1]) await bundle();
