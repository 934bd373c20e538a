import { createProgram } from '../program';
import type { Surroundings } from '../surroundings';
import { suggest } from './suggest';

const around = { stdout: process.stdout, stderr: process.stderr } as unknown as Surroundings;
const program = createProgram(around, '0', () => undefined);
const at = (line: string): unknown => {
  const suggested = suggest(program, line.split(' '), { '--state': ['READY', 'NO_BOT'] });
  return suggested.kind === 'these' ? suggested.list.map(({ value }) => value) : suggested;
};

describe('what may follow in a shell', () => {
  it.each([
    ['dialtone ', 'get'],
    ['dialtone --profile x ', 'describe'],
    ['dialtone hold ', 'ack'],
    ['dialtone get --', '--watch'],
    ['dialtone get --', '--profile'],
    ['dialtone get --state ', 'NO_BOT'],
    ['dialtone completion ', 'zsh'],
  ])('after %j is among others %s', (line, value) => {
    expect(at(line)).toContain(value);
  });

  it.each([
    ['dialtone get ', { kind: 'ask', what: 'numbers' }],
    ['dialtone get +91801 +91', { kind: 'ask', what: 'numbers' }],
    ['dialtone describe ', { kind: 'ask', what: 'numbers' }],
    ['dialtone get --agent ', { kind: 'ask', what: 'agents' }],
    ['dialtone hold ack ', { kind: 'ask', what: 'connections' }],
    ['dialtone get --profile ', { kind: 'ask', what: 'profiles' }],
  ])('after %j is what %j knows', (line, asked) => {
    expect(at(line)).toEqual(asked);
  });

  it.each(['dialtone agents ', 'dialtone login '])('after %j is nothing', (line) => {
    expect(at(line)).toEqual([]);
  });

  it('the command that shells ask is not among the commands', () => {
    expect(at('dialtone ')).not.toContain('complete');
  });
});
