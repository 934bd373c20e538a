import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineFixture } from '@dialtone/testing';
import { explanationFacts, pageOf } from './explained';
import { RELEASES, STALLS, STATES, WAITS, type Scenario } from './scenarios';

// eslint-disable-next-line no-restricted-syntax -- pages are written anew when that is asked for
const isUpdate = process.env['UPDATE_EXPLANATIONS'] === 'true';

const pathOf = (name: string): string => join(__dirname, 'golden', `${name}.txt`);

const page = async ({ title, live, ...terms }: Scenario): Promise<string> => {
  const fixture = await EngineFixture.make();
  const key = await live(fixture);
  return pageOf(title, await explanationFacts(fixture, key, terms));
};

const named = (prefix: string, scenarios: Readonly<Record<string, Scenario>>) =>
  Object.entries(scenarios).map(([code, scenario]) => ({ code, name: `${prefix}-${code.toLowerCase()}`, scenario }));

const expectGolden = async (name: string, scenario: Scenario): Promise<string> => {
  const text = await page(scenario);
  if (isUpdate) writeFileSync(pathOf(name), text);
  expect(text).toBe(readFileSync(pathOf(name), 'utf8'));
  return text;
};

describe('why a number is as it is, and its history', () => {
  it.each(named('state', STATES))('is told in the state $code', async ({ code, name, scenario }) => {
    expect(await expectGolden(name, scenario)).toContain(`(${code})`);
  });

  it.each(named('wait', WAITS))('is told while it waits: $code', async ({ name, scenario }) => {
    expect(await expectGolden(name, scenario)).not.toContain('cannot go on by itself');
  });

  it.each(named('release', RELEASES))(
    'is told of a withdrawal that is not done yet: $code',
    async ({ name, scenario }) => {
      expect(await expectGolden(name, scenario)).toContain('Its declaration was withdrawn by API key');
    },
  );

  it('has no page of anything else', () => {
    const pages = [
      ...named('state', STATES),
      ...named('stall', STALLS),
      ...named('wait', WAITS),
      ...named('release', RELEASES),
    ].map(({ name }) => `${name}.txt`);
    expect(readdirSync(join(__dirname, 'golden')).sort()).toEqual(pages.sort());
  });

  it.each(named('stall', STALLS))('is told of the stall $code', async ({ code, name, scenario }) => {
    expect(await expectGolden(name, scenario)).toMatch(
      new RegExp(`cannot go on by itself \\(${code}\\)|\\(${code}\\), since`),
    );
  });
});
