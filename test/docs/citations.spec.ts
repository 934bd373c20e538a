import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { citationsIn, pathsIn, sectionsOf } from './citations';
import { filesIn } from './files';

const ROOT = resolve(__dirname, '../..');

/** The documents that are cited by section, under the names by which comments call them. */
const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ['VoiceLink upstream notes', 'docs/upstream/voicelink.md'],
  ['Vocobase API notes', 'docs/upstream/public-api.md'],
]);

/** Drafts of documents that never were part of this repository. */
const FOREIGN = /\breference\/[\w-]+\.md|\bARCHITECTURE\b/g;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const FILES = ['apps', 'libs', 'test', 'bench', 'deploy', 'docs']
  .flatMap((folder) => filesIn(join(ROOT, folder)))
  .map((path) => relative(ROOT, path))
  .concat('README.md')
  .filter((path) => /\.(ts|mjs|cjs|md|ya?ml)$/.test(path) && basename(path) !== basename(__filename));

/** What is wrong with the citations of one file. */
const problemsIn = (path: string): readonly string[] => {
  const text = read(path);
  const own = [...DOCUMENTS].find(([, document]) => document === path)?.[0];
  const sections = citationsIn(text, [...DOCUMENTS.keys()], own).flatMap(({ document, section }) => {
    if (document === undefined) return [`${path}: §${section} of no document`];
    const exists = sectionsOf(read(DOCUMENTS.get(document) ?? '')).has(section);
    return exists ? [] : [`${path}: ${document} §${section} does not exist`];
  });
  return [...sections, ...[...text.matchAll(FOREIGN)].map(([name]) => `${path}: ${name} is not in this repository`)];
};

describe('citations', () => {
  it('name sections that exist, of documents in this repository', () => {
    expect(FILES.flatMap(problemsIn)).toEqual([]);
  });

  it('are found: both documents are cited, from code and from tests', () => {
    const cited = new Map(FILES.map((path) => [path, citationsIn(read(path), [...DOCUMENTS.keys()], undefined)]));
    const documents = new Set([...cited.values()].flat().map(({ document }) => document));
    expect([...DOCUMENTS.keys()].filter((name) => !documents.has(name))).toEqual([]);
    expect(cited.get('libs/voicelink/src/envelope.ts')).not.toHaveLength(0);
    expect(cited.get('test/voicelink-simulator/reference-client.ts')).not.toHaveLength(0);
  });

  it('of whole documents name files that exist', () => {
    const named = FILES.flatMap((path) =>
      [...read(path).matchAll(/(?<![\w/.-])docs\/[\w/-]+\.(?:md|yaml|json|mjs)/g)].map(([name]) => ({ path, name })),
    );
    const files = new Set(filesIn(join(ROOT, 'docs')).map((path) => relative(ROOT, path)));
    expect(named.filter(({ name }) => !files.has(name))).toEqual([]);
    expect(named).not.toHaveLength(0);
  });

  it('of source files and folders, in documents, name ones that exist', () => {
    const named = FILES.filter((path) => path.endsWith('.md')).flatMap((path) =>
      pathsIn(read(path)).map((name) => ({ path, name })),
    );
    const names = new Set(FILES.map((path) => basename(path)));
    const isThere = ({ path, name }: (typeof named)[number]): boolean =>
      names.has(name) ||
      ['', dirname(path), join(dirname(path), 'src')].some((from) => existsSync(join(ROOT, from, name)));
    expect(named.filter((one) => !isThere(one))).toEqual([]);
    expect(named).not.toHaveLength(0);
  });

  it('by links lead to files that exist', () => {
    const links = FILES.filter((path) => path.endsWith('.md')).flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => ({ path, target })),
    );
    expect(links.filter(({ path, target }) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
    expect(links).not.toHaveLength(0);
  });
});

describe('citationsIn', () => {
  const NAMES = ['A notes', 'B notes'];

  it.each([
    { name: 'a section', given: '(A notes §2)', want: ['A notes 2'] },
    { name: 'several sections', given: 'A notes §2.1, §3 and §4', want: ['A notes 2.1', 'A notes 3', 'A notes 4'] },
    { name: 'both ends of a range', given: 'A notes §5-§8', want: ['A notes 5', 'A notes 8'] },
    {
      name: 'the document named last',
      given: 'A notes §1. B notes §2. §3',
      want: ['A notes 1', 'B notes 2', 'B notes 3'],
    },
    { name: 'a citation over two lines', given: ' * see A\n   * notes §10.1', want: ['A notes 10.1'] },
    { name: 'a section without a document', given: '// §7', want: ['undefined 7'] },
    { name: 'no section of an RFC', given: 'A notes §1 (RFC 9110 §13.1.1)', want: ['A notes 1'] },
  ])('finds $name', ({ given, want }) => {
    expect(citationsIn(given, NAMES).map(({ document, section }) => `${String(document)} ${section}`)).toEqual(want);
  });

  it('takes a section without a document in a document for one of its own', () => {
    expect(citationsIn('see §7', NAMES, 'B notes')).toEqual([{ document: 'B notes', section: '7' }]);
  });
});

describe('pathsIn', () => {
  it.each([
    { name: 'a file of the repository', given: 'see `libs/domain/src/judge.ts`', want: ['libs/domain/src/judge.ts'] },
    { name: 'a folder', given: '`test/simulation/` and `libs/domain`', want: ['test/simulation/', 'libs/domain'] },
    {
      name: 'a source file beside the document',
      given: '`judge.ts`, `reconcile/look.ts`',
      want: ['judge.ts', 'reconcile/look.ts'],
    },
    {
      name: 'no pattern, address, command or other folder',
      given: '`apps/*/test`, `/docs`, `npx jest test/x`, `dist/a`',
      want: [],
    },
    { name: 'nothing in blocks of code', given: '```\n`libs/none`\n```', want: [] },
  ])('finds $name', ({ given, want }) => {
    expect(pathsIn(given)).toEqual(want);
  });
});

describe('sectionsOf', () => {
  it('knows the numbers of headings, and nothing else', () => {
    const text = '## 1. One\n\n1. item\n\n### 1.2 Two\n\n#### 3 deep\n\n## Words\n10.4 is no heading\n';
    expect([...sectionsOf(text)]).toEqual(['1', '1.2', '3']);
  });
});
