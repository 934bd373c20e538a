import { nextPresence } from './presence';
import { type Presence } from './observation';

describe('nextPresence', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: readonly [prior: Presence, seen: boolean | null, cautious: boolean];
    readonly want: Presence;
  }[] = [
    {
      name: 'listed for the first time',
      reason: 'a row proves itself',
      given: ['unknown', true, false],
      want: 'present',
    },
    { name: 'listed again', reason: 'nothing changed', given: ['present', true, true], want: 'present' },
    { name: 'back after a suspicion', reason: 'the list had shifted', given: ['suspect', true, true], want: 'present' },
    { name: 'back after absence', reason: 'bought or made again', given: ['absent', true, true], want: 'present' },
    {
      name: 'missing once',
      reason: 'lists shift while they are paged',
      given: ['present', false, false],
      want: 'suspect',
    },
    { name: 'missing twice', reason: 'two complete listings agree', given: ['suspect', false, false], want: 'absent' },
    { name: 'still missing', reason: 'known already', given: ['absent', false, true], want: 'absent' },
    { name: 'never seen', reason: 'nothing was lost', given: ['unknown', false, false], want: 'absent' },
    {
      name: 'never seen, but grave',
      reason: 'deletion needs two listings',
      given: ['unknown', false, true],
      want: 'suspect',
    },
  ];

  it.each(cases)('is $want when $name: $reason', ({ given, want }) => {
    expect(nextPresence(...given)).toBe(want);
  });

  it.each(['unknown', 'present', 'suspect', 'absent'] as const)(
    'stays %s when the listing was not complete: it says nothing',
    (prior) => {
      expect(nextPresence(prior, null, true)).toBe(prior);
      expect(nextPresence(prior, null, false)).toBe(prior);
    },
  );
});
