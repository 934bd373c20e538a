import type { ConnectionId, DriftId, Issue, PartnerId } from '@dialtone/domain';
import { aDidKey, updateOf } from '@dialtone/testing';
import type { StoredKey } from '../../ports/key-states';
import { neverSeen, type LockedKey } from '../locked-key';
import { transition } from '../transition';

const KEY = aDidKey('918011223344');
const SEEN_AT = 1_000_000;
const NOW = SEEN_AT + 90_000;
const DECLARED = { agentId: 'a', clientId: null, botName: null, websocketUrl: null, madeBotId: null } as never;

const READY: StoredKey = { ...neverSeen(KEY).stored, state: 'READY', observedAt: SEEN_AT, declared: DECLARED };
const DRIFT = { id: 'd' as DriftId, openedAt: SEEN_AT, issues: ['NO_BOT'] } as const;
const FLAPPING = { turns: [], flapping: { since: 1, until: NOW * 2, told: READY, ids: {} } } as never;

interface Given {
  readonly stored?: Partial<StoredKey>;
  readonly declaredAt?: number;
  readonly observedThrough?: number;
  readonly issues?: readonly Issue[];
}

const detectedBy = ({ stored, declaredAt, observedThrough = 0, issues = ['NO_BOT'] }: Given) => {
  const scope = {
    connectionId: 'c' as ConnectionId,
    partnerId: 'p' as PartnerId,
    now: NOW,
    mintDriftId: () => 'd' as DriftId,
    watch: { freshForMs: 120_000, observedThrough, watchedSince: null },
  };
  const locked: LockedKey = { stored: { ...READY, ...stored }, eventSeq: 1, ...(declaredAt && { declaredAt }) };
  const made = transition(scope, locked, updateOf(KEY, { issues, at: NOW - 1_000 }));
  return made?.detected ?? null;
};

describe('the time to detect a drift', () => {
  it.each<{ name: string; given: Given; want: number }>([
    { name: 'counts from the look that stored the verdict', given: {}, want: 90_000 },
    { name: 'counts from the last complete sweep', given: { observedThrough: NOW - 60_000 }, want: 60_000 },
    {
      name: 'counts from the stored look when the last sweep could not confirm it',
      given: { observedThrough: NOW - 60_000, stored: { stale: true } },
      want: 90_000,
    },
    { name: 'counts a declaration that was there at that look', given: { declaredAt: SEEN_AT }, want: 90_000 },
    { name: 'is never negative', given: { observedThrough: NOW + 5 }, want: 0 },
  ])('$name', ({ given, want }) => {
    expect(detectedBy(given)).toEqual({ kind: 'detected', isDeclared: true, tookMs: want });
  });

  it('tells numbers that nobody declared apart', () => {
    expect(detectedBy({ stored: { declared: null } })).toMatchObject({ isDeclared: false });
  });

  it.each<{ name: string; given: Given }>([
    { name: 'was never judged before', given: { stored: { observedAt: 0, state: 'UNKNOWN' } } },
    { name: 'had drifted already', given: { stored: { state: 'NO_BOT', issues: ['NO_BOT'], drift: DRIFT } } },
    { name: 'is READY', given: { issues: [], stored: { stale: true } } },
    { name: 'was declared anew since the last look', given: { declaredAt: SEEN_AT + 1 } },
    { name: 'flaps', given: { stored: { flap: FLAPPING } } },
  ])('is not told of a number that $name', ({ given }) => {
    expect(detectedBy(given)).toBeNull();
  });
});
