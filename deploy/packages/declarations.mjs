import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../local/paths.mjs';

/** What TypeScript declares of a source and of all that it imports, by path below the source's folder, without extension. */
function declarationsOf(entry) {
  const root = dirname(entry);
  const { config } = ts.readConfigFile(join(repositoryRoot, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repositoryRoot);
  const program = ts.createProgram([entry], {
    ...options,
    rootDir: root,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    types: ['node'],
  });
  const found = new Map();
  const { diagnostics } = program.emit(undefined, (path, text) =>
    found.set(relative(root, path).replace(/[.]d[.]ts$/, ''), text),
  );
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, formatHost));
  return found;
}

const formatHost = {
  getCanonicalFileName: (path) => path,
  getCurrentDirectory: () => repositoryRoot,
  getNewLine: () => '\n',
};

/** Node asks for extensions, and for the file of a folder: our sources name neither. */
function withExtensions(text, from, { names, extension }) {
  return text.replace(/(\bfrom |\bimport\()(['"])([.][^'"]*)\2/g, (_, before, quote, specifier) => {
    const path = join(dirname(from), specifier);
    const [file] = [path, join(path, 'index')].filter((name) => names.has(name));
    if (file === undefined) throw new Error(`${from} imports ${specifier}, which nothing declares.`);
    const place = relative(dirname(from), file).replaceAll('\\', '/');
    return `${before}${quote}${place.startsWith('.') ? place : `./${place}`}.${extension}${quote}`;
  });
}

/** The types of a package for both kinds of modules: a `.d.mts` and a `.d.cts` of each source. */
export function writeDeclarations(entry, folder) {
  const found = declarationsOf(entry);
  for (const [name, text] of found) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    for (const kind of ['m', 'c'])
      writeFileSync(
        join(folder, `${name}.d.${kind}ts`),
        withExtensions(text, name, { names: found, extension: `${kind}js` }),
      );
  }
}
