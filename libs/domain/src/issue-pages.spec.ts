import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ISSUE_NEEDS } from './issues';
import { ISSUES } from './issues';
import { READINESS_STATES } from './readiness';

const FOLDER = join(__dirname, '../../../docs/issues');
const pageOf = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8');

describe('docs/issues', () => {
  const states = READINESS_STATES.filter((state) => state !== 'READY');

  it('has one page for each state but READY, and an index in order of precedence', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...states.map((state) => `${state}.md`), 'README.md'].sort());
    const links = [...pageOf('README').matchAll(/\[(\w+)\]\((\w+)\.md\)/g)];
    expect(links.map((link) => link[1])).toEqual(states);
    expect(links.map((link) => link[2])).toEqual(states);
  });

  it.each(ISSUES)('names the lists that %s needs', (issue) => {
    const needs = /Needs: ([^.]*)\./.exec(pageOf(issue))?.[1] ?? '';
    expect([...needs.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual(ISSUE_NEEDS[issue]);
  });

  it.each(ISSUES)('says which single requests help with %s, if any do', (issue) => {
    expect(pageOf(issue)).toMatch(/\*\*With one request\.\*\* (?:None\. )?`(?:POST|PUT) /);
  });

  it.each(states)('says of %s what it means, where it comes from, and what is done about it', (state) => {
    const page = pageOf(state);
    expect(page.startsWith(`# ${state}\n`)).toBe(true);
    for (const part of ['**Meaning.**', '**Causes.**', '**Dialtone by itself**', '**You.**'])
      expect(page).toContain(part);
  });
});
