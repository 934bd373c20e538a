import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** What keeps rows: the stores on PostgreSQL and those in memory, which the engine tells what to write. */
const STORES = ['libs/persistence/src', 'libs/testing/src/stores'];
/** A migration and its parts keep doing what they did when they were written, whatever the engine decides by now. */
const NO_STORE = /[.](?:spec|int-spec|contract)[.]ts$|\/(?:contracts|migrations|rekey)\//;

/** The domain's functions that say nothing about a verdict, a drift or a plan. */
const ALLOWED_OF_DOMAIN = [
  'canonicalUrl',
  'coversNumber',
  'isWithoutSecrets',
  'phoneNumberOf',
  'redactSecrets',
  'refusedDestination',
  'sameSpec',
];

interface Rule {
  readonly name: string;
  readonly findIn: (source: string) => readonly string[];
  /** Sources that break it. */
  readonly broken: readonly string[];
}

const importsFrom = (lib: string, source: string): readonly string[] =>
  [...source.matchAll(/import (?!type)\{([^}]*)\} from '([^']+)'/g)]
    .filter(([, , from]) => from === lib)
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    .filter((name) => name !== '' && !name.startsWith('type '));

const matches = (pattern: RegExp, source: string): readonly string[] =>
  [...source.matchAll(pattern)].map(([text]) => text);

const RULES: readonly Rule[] = [
  {
    name: 'call no function of the domain that decides',
    findIn: (source) =>
      importsFrom('@dialtone/domain', source).filter(
        (name) => /^[a-z]/.test(name) && !/^parse[A-Z]/.test(name) && !ALLOWED_OF_DOMAIN.includes(name),
      ),
    broken: [
      `import { diffDrift } from '@dialtone/domain';`,
      `import {\n  type DidKey,\n  judgeReadiness,\n  redactSecrets,\n} from '@dialtone/domain';`,
    ],
  },
  {
    name: 'make no event: the type of one is named in the engine',
    findIn: (source) => matches(/dialtone[.](?:\w+|\$\{[^}]*\})[.][^'"`\s]*v\d/g, source),
    broken: [`append({ type: 'dialtone.drift.detected.v1' });`, 'const type = `dialtone.binding.${change}.v1`;'],
  },
  {
    name: 'know no data of an event',
    findIn: (source) => matches(/\b\w+Data\b(?=[^;]*from '@dialtone\/contracts')/g, source),
    broken: [`import type { BindingStatusData } from '@dialtone/contracts';`],
  },
  {
    name: 'count no attempts',
    findIn: (source) => matches(/attempts\s*(?:\+=?|\+\+)\s*\d?|\battempts\s*=\s*\d/g, source),
    broken: ['row.attempts += 1;', 'update bindings set attempts = attempts + 1', 'update bindings set attempts = 0'],
  },
  {
    name: 'compare no warnings, issues or messages',
    findIn: (source) =>
      matches(/\.(?:issues|warnings|message)\b[^;\n]*(?:===|!==|\.join\(|isDeepStrictEqual)/g, source),
    broken: ['const same = a.issues.join() === b.issues.join();', 'if (row.message !== message) log();'],
  },
];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && !NO_STORE.test(file));

describe('stores lock, read, ask the engine and write', () => {
  const files = STORES.flatMap(filesIn);

  it('covers every store', () => {
    expect(files).toContain('libs/persistence/src/engine/key-states.store.ts');
    expect(files).toContain('libs/testing/src/stores/in-memory-key-states.ts');
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(RULES)('they $name', ({ findIn }) => {
    const found = files.map((file) => [file, findIn(readFileSync(join(ROOT, file), 'utf8'))] as const);
    expect(found.filter(([, names]) => names.length > 0)).toEqual([]);
  });

  it.each(RULES)('what does not is found: $name', ({ findIn, broken }) => {
    expect(broken.filter((source) => findIn(source).length === 0)).toEqual([]);
  });
});
