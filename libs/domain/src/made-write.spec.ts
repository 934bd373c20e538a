import { factsMadeBy, isOlderThan, type MadeWrite } from './made-write';

const routed = (outboundBotId: number) =>
  ({ active: true, forOutboundCall: 3, outboundBotId, outboundTrunkId: null }) as const;
const facts = (outBot: number) => ({ id: 7, active: true, out: 3, outBot, outTrunk: null });

/** Sent at 1,000 without an answer, and closed at 70,000. */
const WRITE: MadeWrite = {
  key: null,
  effect: { kind: 'routed', isNew: false, routingId: 5, ...routed(1) },
  startedAt: 1_000,
  seenAt: 70_000,
  isSeenBySender: false,
  isInDoubt: false,
};

/** Read in the middle of the write: the mode is new, and the bot is from before. */
const torn = { ...facts(2), id: 5 };
const former = { ...torn, out: 4 };

describe('a list that shows something else than a write of ours', () => {
  it.each([
    { since: 900, isOld: true, claim: 'is older, when that was shown before the write was sent' },
    { since: 46_000, isOld: false, claim: 'is not older, when that was shown first after the write was sent' },
  ])('$claim', ({ since, isOld }) => {
    const memory = { is: facts(2), since, were: [], doubtedAt: null };
    const listed = { facts: facts(2), memory, listedAt: 71_000, windowMs: 30_000 };
    expect(isOlderThan([WRITE], 'routing', listed)).toBe(isOld);
  });

  it('is older, when it shows a mixture that was shown first while the write was under way', () => {
    const memory = { is: torn, since: 46_000, were: [{ facts: former, until: 46_000 }], doubtedAt: null };
    const listed = { facts: torn, memory, listedAt: 71_000, windowMs: 30_000 };
    expect(isOlderThan([WRITE], 'routing', listed)).toBe(true);
  });

  it('is older than one whose sender saw the effect, whatever a list of before began to show meanwhile', () => {
    const memory = { is: facts(2), since: 46_000, were: [], doubtedAt: null };
    const listed = { facts: facts(2), memory, listedAt: 71_000, windowMs: 30_000 };
    expect(isOlderThan([{ ...WRITE, isSeenBySender: true }], 'routing', listed)).toBe(true);
  });
});

describe('what a write of ours makes of the facts', () => {
  const made = { id: 5, active: true, out: 3, outBot: 1, outTrunk: null };
  const since = (at: number) => ({ is: facts(2), since: at, were: [], doubtedAt: null });
  /** It was shown until then. */
  const shownUntil = (until: number) => ({ ...since(until), were: [{ facts: made, until }] });

  it.each([
    { claim: 'is known', write: {}, memory: since(60_000) },
    { claim: 'is known before anything was listed', write: {}, memory: undefined },
    { claim: 'is known while it waits to be seen', write: { seenAt: null }, memory: since(71_000) },
    { claim: 'is known when lists stopped to show the same before it was sent', write: {}, memory: shownUntil(900) },
  ])('$claim', ({ write, memory }) => {
    expect(factsMadeBy([{ ...WRITE, ...write }], 'routing', memory)).toEqual([made]);
  });

  it.each([
    {
      claim: 'is not known while it may have had no effect',
      write: { seenAt: null, isInDoubt: true },
      memory: since(900),
    },
    { claim: 'is a former value once lists have begun to show another', write: {}, memory: since(71_000) },
    {
      claim: 'is a former value once lists show it no more, even if its row was closed later',
      write: { isSeenBySender: true },
      memory: shownUntil(69_000),
    },
    {
      claim: 'is a former value once lists show it no more, even if its row is open',
      write: { seenAt: null },
      memory: shownUntil(69_000),
    },
  ])('$claim', ({ write, memory }) => {
    expect(factsMadeBy([{ ...WRITE, ...write }], 'routing', memory)).toEqual([]);
  });
});
