import type { ConnectionId, DriftId, PartnerId } from '@dialtone/domain';
import { aDidKey, updateOf } from '@dialtone/testing';
import type { StoredKey } from '../../ports/key-states';
import { newConditionRecord, type ConditionRecord } from '../conditions/condition-facts';
import { neverSeen } from '../locked-key';
import { transition } from '../transition';
import { timeToReady, type ReadyFacts } from './time-to-ready';

const KEY = aDidKey('918011223344');
const PLACED_AT = 100_000;
const READY_AT = 1_000_000;
const DECLARED = { agentId: 'a', clientId: null, botName: null, websocketUrl: null, madeBotId: null } as never;
const ENFORCED = { mode: 'enforce', dryRun: false } as const;

interface Given extends Partial<Omit<ReadyFacts, 'record'>> {
  readonly record?: Partial<ConditionRecord>;
}

/** Declared at 400 s, READY at 1,000 s. */
const factsOf = ({ record, ...given }: Given): ReadyFacts => ({
  key: KEY,
  mode: 'enforce',
  outcome: 'pending',
  declaredAt: 400_000,
  unreadySince: 300_000,
  readyAt: READY_AT,
  ...given,
  record: { ...newConditionRecord(PLACED_AT), ...record },
});

/** The declaration was settled at 500 s and left that at 700 s, when its number broke. */
const BROKE: Given = {
  outcome: 'retry',
  unreadySince: 700_000,
  record: { outcomeLeft: { pending: 500_000, settled: 700_000 } },
};
const withRecord = (given: Given, record: Partial<ConditionRecord>): Given => ({
  ...given,
  record: { ...given.record, ...record },
});

describe('the time to READY', () => {
  it.each<{ name: string; given: Given; start: string; seconds: number }>([
    { name: 'counts from a declaration', given: {}, start: 'declared', seconds: 600 },
    {
      name: 'counts from a declaration that was tried before, whenever its number turned',
      given: { outcome: 'retry', unreadySince: 900_000, record: { outcomeLeft: { pending: 410_000 } } },
      start: 'declared',
      seconds: 600,
    },
    {
      name: 'counts from the declaration when the one before was settled',
      given: { outcome: 'retry', record: { outcomeLeft: { settled: 400_003, pending: 410_000 } } },
      start: 'declared',
      seconds: 600,
    },
    { name: 'counts from a drift once the declaration was fulfilled', given: BROKE, start: 'drift', seconds: 300 },
    {
      name: 'counts from a drift that the queue has not seen yet',
      given: { outcome: 'settled', unreadySince: 990_000 },
      start: 'drift',
      seconds: 10,
    },
    {
      name: 'starts over when a pause ends',
      given: withRecord(BROKE, { restrained: [{ since: 650_000, until: 960_000 }] }),
      start: 'allowed',
      seconds: 40,
    },
    {
      name: 'starts over when a hold ends, though its outcome is still stalled on that',
      given: {
        outcome: 'stalled',
        unreadySince: 700_000,
        record: { writesTurns: [710_000, 970_000], stallReason: 'WRITES_HELD', outcomeLeft: { settled: 710_000 } },
      },
      start: 'allowed',
      seconds: 30,
    },
    {
      name: 'starts over when a person has done something',
      given: withRecord(BROKE, { outcomeLeft: { pending: 500_000, settled: 700_000, stalled: 980_000 } }),
      start: 'allowed',
      seconds: 20,
    },
    {
      name: 'does not mind a pause that was over before',
      given: withRecord(BROKE, { restrained: [{ since: 500_000, until: 600_000 }] }),
      start: 'drift',
      seconds: 300,
    },
    {
      name: 'does not mind a stall of the declaration before',
      given: { outcome: 'retry', record: { outcomeLeft: { stalled: 400_002, pending: 410_000 } } },
      start: 'declared',
      seconds: 600,
    },
    { name: 'is never negative', given: { declaredAt: READY_AT + 1 }, start: 'declared', seconds: 0 },
  ])('$name', ({ given, start, seconds }) => {
    expect(timeToReady(factsOf(given), ENFORCED)).toEqual({ kind: 'ready', start, tookMs: seconds * 1_000 });
  });

  it.each<{ name: string; given?: Given; terms?: Parameters<typeof timeToReady>[1] }>([
    { name: 'its mode is observe', given: { mode: 'observe' } },
    { name: 'the deployment only reports', terms: { mode: 'observe', dryRun: false } },
    { name: 'the deployment writes nothing', terms: { mode: 'enforce', dryRun: true } },
    {
      name: 'its writes are held',
      given: {
        record: { standing: [{ reason: 'writes_held', why: 'x', since: null, until: null }], writesTurns: [800_000] },
      },
    },
    {
      name: 'it is paused',
      given: {
        record: {
          standing: [{ reason: 'paused', why: 'x', since: 800_000, until: 2_000_000 }],
          restrained: [{ since: 800_000, until: null }],
        },
      },
    },
    { name: 'it waits for a person', given: { outcome: 'stalled', record: { stallReason: 'CLIENT_REQUIRED' } } },
    { name: 'something else undoes its repairs', given: { outcome: 'stalled', record: { stallReason: 'CONTESTED' } } },
  ])('is not told when $name, because Dialtone did not do it', ({ given = {}, terms = ENFORCED }) => {
    expect(timeToReady(factsOf(given), terms)).toBeNull();
  });
});

describe('a number that becomes READY', () => {
  const BROKEN: StoredKey = { ...neverSeen(KEY).stored, state: 'NO_BOT', issues: ['NO_BOT'], declared: DECLARED };
  const scope = {
    connectionId: 'c' as ConnectionId,
    partnerId: 'p' as PartnerId,
    now: READY_AT,
    mintDriftId: () => 'd' as DriftId,
  };
  const becomes = (stored: StoredKey, issues: readonly 'NO_BOT'[] = []) =>
    transition(scope, { stored, eventSeq: 1, readySince: 5 }, updateOf(KEY, { issues }))?.becameReady ?? null;

  it('is declared, was something else, and does not flap', () => {
    expect(becomes(BROKEN)).toEqual({ key: KEY, unreadySince: 5, readyAt: READY_AT });
    expect(becomes({ ...BROKEN, declared: null })).toBeNull();
    expect(becomes({ ...BROKEN, state: 'READY', issues: [], stale: true })).toBeNull();
    expect(becomes({ ...BROKEN, digest: 'x' }, ['NO_BOT'])).toBeNull();
    const flapping = { since: 1, until: READY_AT * 2, told: { ...BROKEN, advisories: [] }, ids: {} };
    expect(becomes({ ...BROKEN, flap: { turns: [], flapping } })).toBeNull();
  });
});
