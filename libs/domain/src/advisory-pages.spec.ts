import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADVISORY_CODES } from './advisories';

const FOLDER = join(__dirname, '../../../docs/advisories');
const pageOf = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8');
/** The last one is about connections. */
const CODES = [...ADVISORY_CODES, 'ACCOUNT_SHARED'];

describe('docs/advisories', () => {
  it('has one page for each advisory, and an index of them', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...CODES.map((code) => `${code}.md`), 'README.md'].sort());
    const links = [...pageOf('README').matchAll(/\[(\w+)\]\((\w+)\.md\)/g)];
    expect(links.map((link) => [link[1], link[2]])).toEqual(CODES.map((code) => [code, code]));
  });

  it.each(CODES)('says of %s what it means, where it comes from, and what is done about it', (code) => {
    const page = pageOf(code);
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    for (const part of ['**Meaning.**', '**Causes.**', '**Dialtone by itself**', '**You.**'])
      expect(page).toContain(part);
  });
});
