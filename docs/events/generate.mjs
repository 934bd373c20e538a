// Writes asyncapi.yaml from libs/contracts: node_modules/.bin/node docs/events/generate.mjs
import '../typescript.mjs';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const { asyncApiDocument, asyncApiYaml } = await import('./asyncapi');
const path = fileURLToPath(new URL('asyncapi.yaml', import.meta.url));
writeFileSync(path, await format(asyncApiYaml(asyncApiDocument()), { ...(await resolveConfig(path)), filepath: path }));
