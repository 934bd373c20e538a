import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as kind from '../../libs/platform/src/config/kinds';
import { configurationPage } from './configuration';

describe('docs/operations/configuration.md', () => {
  it('is current (node docs/operations/generate.mjs writes it)', async () => {
    const path = join(__dirname, 'configuration.md');
    const wanted = await format(configurationPage(), { ...(await resolveConfig(path)), filepath: path });
    expect(readFileSync(path, 'utf8')).toBe(wanted);
  });
});

describe('configurationPage', () => {
  const port = (fallback: number) => kind.integer('PORT', { min: 0, max: 9, what: 'the port', fallback });
  const page = configurationPage({
    one: { url: kind.postgresUrl('URL'), port: port(1), brokers: kind.brokerList('BROKERS') },
    two: {
      port: port(2),
      words: kind.oneOf('WORDS', { words: ['a|b', 'c'], what: 'words', fallback: 'c' }),
      plain: kind.text('PLAIN', { pattern: /x/, mustBe: 'an x', example: 'x' }),
    },
  });

  it.each([
    ['a required secret', '| `URL` | ✓ |  | none: required, secret | the URL of a PostgreSQL database |'],
    ['defaults that differ', '| `PORT` | ✓ | ✓ | `1` (one), `2` (two) | the port: a whole number from 0 to 9 |'],
    ['an empty default', '| `BROKERS` | ✓ |  | empty | Kafka brokers as host:port, separated by commas'],
    ['a bar in a sentence', String.raw`| ${'`WORDS`'} |  | ✓ | ${'`c`'} | words: one of a\|b, c |`],
    ['what is required and not secret', '| `PLAIN` |  | ✓ | none: required | an x |'],
  ])('shows %s', (_, row) => {
    expect(page).toContain(row);
  });

  it('has one row for each variable, and a column for each process', () => {
    expect(page.match(/^\| `/gm)).toHaveLength(5);
    expect(page).toContain('| variable | one | two | default | must be |');
  });
});
