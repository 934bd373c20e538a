import { isOlderThan, type MadeWrite } from './made-write';

const routed = (outboundBotId: number) =>
  ({ active: true, forOutboundCall: 3, outboundBotId, outboundTrunkId: null }) as const;
const facts = (outBot: number) => ({ id: 7, active: true, out: 3, outBot, outTrunk: null });

/** Sent at 1,000 without an answer, and closed at 70,000. */
const WRITE: MadeWrite = {
  key: null,
  effect: { kind: 'routed', isNew: false, routingId: 5, ...routed(1) },
  startedAt: 1_000,
  seenAt: 70_000,
};

describe('a list that shows something else than a write of ours', () => {
  it.each([
    { since: 900, isOld: true, claim: 'is older, when that was shown before the write was sent' },
    { since: 46_000, isOld: false, claim: 'is not older, when that was shown first after the write was sent' },
  ])('$claim', ({ since, isOld }) => {
    const memory = { is: facts(2), since, were: [], doubtedAt: null };
    const listed = { facts: facts(2), memory, listedAt: 71_000, windowMs: 30_000 };
    expect(isOlderThan([WRITE], 'routing', listed)).toBe(isOld);
  });
});
