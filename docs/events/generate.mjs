// Writes asyncapi.yaml from libs/contracts: node_modules/.bin/node docs/events/generate.mjs
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

// Node strips the types itself; only the extension is missing from our imports.
registerHooks({
  resolve: (specifier, context, next) =>
    next(/^[.].*[/][a-z-]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
});
const { asyncApiDocument, asyncApiYaml } = await import('../../libs/contracts/src/asyncapi');
const path = fileURLToPath(new URL('asyncapi.yaml', import.meta.url));
writeFileSync(path, await format(asyncApiYaml(asyncApiDocument()), { ...(await resolveConfig(path)), filepath: path }));
