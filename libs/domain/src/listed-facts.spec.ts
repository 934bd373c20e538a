import { aBot, aDid, aRouting } from '@dialtone/testing';
import fc from 'fast-check';
import {
  areBotsIn,
  areDidsIn,
  factsOfBots,
  factsOfDids,
  factsOfRouting,
  holdsIn,
  isRoutingIn,
  type Facts,
} from './listed-facts';
import type { RemoteDid } from './remote';

const didId = fc.constantFrom(1, 11, 12, 112);
const did: fc.Arbitrary<RemoteDid> = fc
  .record({
    didId,
    clientId: fc.constantFrom(null, 1, 2),
    status: fc.constantFrom(null, 'Active', ' client'),
    isExpired: fc.constantFrom(null, true, false),
    expiresAt: fc.constantFrom(null, 0, 5),
  })
  .map((facts) => ({ ...aDid(), ...facts }));
const others: fc.Arbitrary<Facts> = fc.dictionary(
  fc.constantFrom('1', '1 client', '11 status', '12', 'client', '1 x expires', 'toString'),
  fc.constantFrom(null, 1, 'Active'),
);

describe('facts of purchases', () => {
  it('are found in a memory exactly when it holds all that would be made of them', () => {
    fc.assert(
      fc.property(fc.array(did, { maxLength: 3 }), fc.array(did, { maxLength: 3 }), others, (shown, known, more) => {
        const is = { ...more, ...factsOfDids(known) };
        const isOnce = new Set(shown.map((one) => one.didId)).size === shown.length;
        const expected = isOnce && holdsIn(factsOfDids(shown), is);
        expect(areDidsIn(shown, { is })).toBe(expected);
        expect(areDidsIn(shown, { is: factsOfDids(shown) })).toBe(isOnce);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** As PostgreSQL writes a jsonb: names by length, then by letters. */
const written = (facts: Facts): string => {
  const names = Object.keys(facts).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(facts[name])}`).join(', ')}}`;
};
const asWritten = (is: Facts) => ({ is, isWritten: (text: string) => text === written(is) });
/** What was stored as this text, and cannot be read: only the text can tell. */
const unread = (is: Facts) => ({
  get is(): Facts {
    throw new Error('The facts were read.');
  },
  isWritten: (text: string) => text === written(is),
});

const bot = fc
  .record({ id: fc.constantFrom(2, 10, 33), active: fc.constantFrom(null, true, false) })
  .map((facts) => aBot(facts));
const bots = fc.uniqueArray(bot, { selector: ({ id }) => id }).map((all) => all.toSorted((a, b) => a.id - b.id));
const mode = fc.constantFrom(null, 1, 3);
const routing = fc
  .record({
    id: fc.constantFrom(1, 12),
    forInboundCall: mode,
    inboundBotId: mode,
    inboundTrunkId: mode,
    forOutboundCall: mode,
  })
  .chain((inbound) =>
    fc
      .record({ outboundBotId: mode, outboundTrunkId: mode, active: fc.constantFrom(null, true, false) })
      .map((rest) => aRouting({ ...inbound, ...rest })),
  );
const odd = fc.constantFrom(null, 'Active', 'a "quoted" \\ name', 'line\nbreak', 'é', '1 client": null');

describe('facts that were stored as a text', () => {
  it('are found by their text exactly when they are found one by one', () => {
    const oddDid = fc.record({ one: did, status: odd }).map(({ one, status }) => ({ ...one, status }));
    fc.assert(
      fc.property(
        fc.tuple(oddDid, oddDid),
        fc.tuple(bots, bots),
        fc.tuple(routing, routing),
        (purchases, lists, records) => {
          const of = {
            dids: factsOfDids([purchases[1]]),
            bots: factsOfBots(lists[1]),
            routing: factsOfRouting(records[1]),
          };
          expect(areDidsIn([purchases[0]], asWritten(of.dids))).toBe(areDidsIn([purchases[0]], { is: of.dids }));
          expect(areBotsIn(lists[0], asWritten(of.bots))).toBe(holdsIn(factsOfBots(lists[0]), of.bots));
          expect(isRoutingIn(records[0], asWritten(of.routing))).toBe(holdsIn(factsOfRouting(records[0]), of.routing));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are not read when nothing has changed', () => {
    fc.assert(
      fc.property(did, bots, routing, (one, list, record) => {
        expect(areDidsIn([one], unread(factsOfDids([one])))).toBe(true);
        expect(areBotsIn(list, unread(factsOfBots(list)))).toBe(true);
        expect(isRoutingIn(record, unread(factsOfRouting(record)))).toBe(true);
      }),
    );
  });
});
