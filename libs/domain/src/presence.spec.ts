import type { MadeWrite, WriteEffect } from './made-write';
import { nextPresence, NOTHING_SEEN, withShown } from './presence';
import { type Presence, type PresenceMemory } from './observation';

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

describe('withShown', () => {
  const made = (effect: WriteEffect, seenAt: number | null = 2): MadeWrite => ({
    ...{ key: null, effect, startedAt: 1, seenAt },
    ...{ isSeenBySender: seenAt !== null, isInDoubt: false },
  });
  const fields = { routingId: 9, active: true, forOutboundCall: 3, outboundBotId: 7, outboundTrunkId: null };
  const routed = { kind: 'routed', isNew: true, ...fields } as const;
  const cases: readonly {
    readonly name: string;
    readonly given: readonly [Partial<PresenceMemory>, MadeWrite];
    readonly want: Partial<PresenceMemory>;
  }[] = [
    { name: 'a record', given: [{ routing: 'absent' }, made(routed)], want: { routing: 'present' } },
    {
      name: 'a bot that was made',
      given: [{ bot: 'absent' }, made({ kind: 'bot_made', clientId: 1, botId: 7, name: null })],
      want: { bot: 'present' },
    },
    {
      name: 'a bot that was activated',
      given: [{ bot: 'unknown' }, made({ kind: 'bot_activated', botId: 7 })],
      want: { bot: 'present' },
    },
    {
      name: 'a number that was mapped',
      given: [{ did: 'unknown' }, made({ kind: 'mapped', didId: 1, clientId: 1 })],
      want: { did: 'present' },
    },
    { name: 'nothing new', given: [{ routing: 'present' }, made(routed)], want: { routing: 'present' } },
    {
      name: 'what is missed already as missed once',
      given: [{ routing: 'suspect' }, made(routed)],
      want: { routing: 'suspect' },
    },
    {
      name: 'nothing of a write that no list has shown',
      given: [{ routing: 'absent' }, made(routed, null)],
      want: { routing: 'absent' },
    },
  ];

  it.each(cases)('remembers $name', ({ given: [memory, write], want }) => {
    expect(withShown({ ...NOTHING_SEEN, ...memory }, [write])).toEqual({ ...NOTHING_SEEN, ...want });
  });
});
