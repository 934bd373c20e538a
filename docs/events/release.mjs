// Keeps what this version of the contracts promises, once it is published: node_modules/.bin/node docs/events/release.mjs
import '../typescript.mjs';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const { contractsSnapshot } = await import('./contracts-snapshot');
const lib = new URL('../../libs/contracts/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package/package.json', lib), 'utf8'));
const path = fileURLToPath(new URL(`released/${version}.json`, lib));
if (existsSync(path))
  throw new Error(`${version} is released: give libs/contracts/package/package.json the next version first.`);
mkdirSync(new URL('released', lib), { recursive: true });
const text = JSON.stringify(contractsSnapshot(version));
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
