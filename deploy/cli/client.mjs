import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { repositoryRoot } from '../local/paths.mjs';

/** Where the client of the API is kept, and the document that it is generated from. */
const CLIENT = join(repositoryRoot, 'libs/client/src/api');
export const DOCUMENT = join(repositoryRoot, 'docs/api/openapi.json');

/** The parts that are the same for every document; they are not written for `exactOptionalPropertyTypes`. */
const RUNTIME = ['client', 'core'];

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .sort();

/** Makes the client of the document in this folder, which is emptied before. */
async function makeClient(output) {
  await createClient({
    input: DOCUMENT,
    output: { path: output, clean: true, module: { extension: '' } },
    logs: { level: 'silent', file: false },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  });
  for (const name of RUNTIME.flatMap((part) => filesIn(join(output, part)).map((file) => join(part, file)))) {
    const path = join(output, name);
    writeFileSync(path, `// @ts-nocheck\n${readFileSync(path, 'utf8')}`);
  }
}

/** The files of the kept client that are not what the document makes of them. */
async function outdated() {
  const directory = mkdtempSync(join(tmpdir(), 'dialtone-client-'));
  const made = join(directory, 'api');
  const textOf = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null);
  try {
    await makeClient(made);
    const names = new Set([...filesIn(CLIENT), ...filesIn(made)]);
    return [...names].filter((name) => textOf(CLIENT, name) !== textOf(made, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `client.mjs` makes the client anew; `client.mjs --check` fails when that would change it. */
if (import.meta.filename === process.argv[1]) {
  if (process.argv[2] !== '--check') await makeClient(CLIENT);
  else {
    const names = await outdated();
    if (names.length > 0) process.stdout.write(`Not current: ${names.join(', ')}. Run node deploy/cli/client.mjs\n`);
    process.exitCode = names.length > 0 ? 1 : 0;
  }
}
