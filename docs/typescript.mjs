// Lets a generator import the sources of the libs before anything is built: Node strips the types itself; what is missing from
// our imports is the extension, and the place of a lib.
import { registerHooks } from 'node:module';

const placeOf = (specifier) => {
  const lib = /^@dialtone[/]([a-z-]+)$/.exec(specifier);
  if (lib !== null) return new URL(`../libs/${lib[1]}/src/index.ts`, import.meta.url).href;
  return /^[.].*[/][a-z-]+$/.test(specifier) ? `${specifier}.ts` : specifier;
};

registerHooks({ resolve: (specifier, context, next) => next(placeOf(specifier), context) });
