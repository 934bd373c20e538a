import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runMain } from '@dialtone/platform';
import { describeGateway } from './openapi/describe-gateway';

const DEFAULT_PATH = 'docs/api/openapi.json';

// npm run openapi [-- path]: writes the document of the API; needs no database.
runMain('openapi', async () => {
  const path = process.argv[2] ?? DEFAULT_PATH;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await describeGateway());
});
