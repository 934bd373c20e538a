// Writes configuration.md from libs/platform: node_modules/.bin/node docs/operations/generate.mjs
import '../typescript.mjs';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const { configurationPage } = await import('./configuration');
const path = fileURLToPath(new URL('configuration.md', import.meta.url));
writeFileSync(path, await format(configurationPage(), { ...(await resolveConfig(path)), filepath: path }));
