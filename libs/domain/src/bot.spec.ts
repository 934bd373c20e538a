import { aBot, anObservation, aRouting } from '@dialtone/testing';
import * as fc from 'fast-check';
import { canonicalUrl, isBotActive, ownInactiveBot, reusableBot, servingBot } from './bot';
import { type KeyObservation } from './observation';

const OURS = 'wss://bots.example.test/ws';
const ELSEWHERE = 'wss://elsewhere.example.test/ws';

describe('canonicalUrl', () => {
  const cases = [
    { name: 'itself', reason: 'nothing to change', given: OURS, want: OURS },
    { name: 'other letters', reason: 'scheme and host know no case', given: 'WSS://Bots.Example.Test/ws', want: OURS },
    {
      name: 'a path in other letters',
      reason: 'paths do',
      given: 'wss://bots.example.test/WS',
      want: 'wss://bots.example.test/WS',
    },
    { name: 'a trailing slash', reason: 'people add one', given: 'wss://bots.example.test/ws/', want: OURS },
    {
      name: 'the bare host',
      reason: 'the empty path',
      given: 'wss://bots.example.test/',
      want: 'wss://bots.example.test',
    },
    { name: 'spaces around', reason: 'pasted', given: ` ${OURS}\n`, want: OURS },
    { name: 'port 443 of wss', reason: 'the default', given: 'wss://bots.example.test:443/ws', want: OURS },
    { name: 'port 443 of https', reason: 'the default', given: 'https://a.test:443', want: 'https://a.test' },
    { name: 'port 80 of ws', reason: 'the default', given: 'ws://a.test:80', want: 'ws://a.test' },
    { name: 'port 80 of wss', reason: 'not the default', given: 'wss://a.test:80', want: 'wss://a.test:80' },
    { name: 'port 80 of https', reason: 'not the default', given: 'https://a.test:80', want: 'https://a.test:80' },
    { name: 'port 443 of ws', reason: 'not the default', given: 'ws://a.test:443', want: 'ws://a.test:443' },
    {
      name: 'port 8443',
      reason: 'only the end looks like a default',
      given: 'wss://a.test:8443',
      want: 'wss://a.test:8443',
    },
    {
      name: 'a query',
      reason: 'it may select the bot',
      given: 'wss://A.test/ws/?Bot=1',
      want: 'wss://a.test/ws?Bot=1',
    },
    { name: 'no URL', reason: 'compared as text', given: ' n/a ', want: 'n/a' },
  ];

  it.each(cases)('of $name is $want: $reason', ({ given, want }) => {
    expect(canonicalUrl(given)).toBe(want);
  });

  it('is canonical already', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        expect(canonicalUrl(canonicalUrl(url))).toBe(canonicalUrl(url));
      }),
    );
  });
});

describe('isBotActive', () => {
  it.each([
    { name: 'listed as active', reason: 'as it says', active: true, misreported: [], want: true },
    { name: 'listed without a status', reason: 'unknown is not inactive', active: null, misreported: [], want: true },
    { name: 'listed as inactive', reason: 'as it says', active: false, misreported: [], want: false },
    {
      name: 'listed as inactive by a list that lies about it',
      reason: 'proven wrong',
      active: false,
      misreported: [7],
      want: true,
    },
    {
      name: 'listed as inactive, another misreported',
      reason: 'the proof is per bot',
      active: false,
      misreported: [8],
      want: false,
    },
  ])('is $want for a bot $name: $reason', ({ active, misreported, want }) => {
    expect(isBotActive(aBot({ id: 7, active }), misreported)).toBe(want);
  });
});

const bots = [
  aBot({ id: 1, clientId: 415, websocketUrl: ELSEWHERE }),
  aBot({ id: 2, clientId: 415, websocketUrl: 'WSS://bots.example.test:443/ws/' }),
  aBot({ id: 3, clientId: 415, websocketUrl: OURS }),
];
const off = bots.map((bot) => aBot({ ...bot, active: false }));
const routedTo = (outboundBotId: number | null, rest: Partial<Parameters<typeof aRouting>[0]> = {}) =>
  aRouting({ outboundBotId, ...rest });

describe('servingBot', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly want: number | null;
  }[] = [
    { name: 'an active bot of the client', reason: 'calls reach it', given: { routing: routedTo(2) }, want: 2 },
    { name: 'no record', reason: 'calls reach nothing', given: { routing: null }, want: null },
    {
      name: 'an inactive record',
      reason: 'it routes nothing',
      given: { routing: routedTo(2, { active: false }) },
      want: null,
    },
    {
      name: 'a record without status',
      reason: 'unknown is not inactive',
      given: { routing: routedTo(2, { active: null }) },
      want: 2,
    },
    {
      name: 'a trunk, with a bot id left over',
      reason: 'the mode decides',
      given: { routing: routedTo(2, { forOutboundCall: 2 }) },
      want: null,
    },
    {
      name: 'a bot, the mode not said',
      reason: 'the id is believed',
      given: { routing: routedTo(2, { forOutboundCall: null }) },
      want: 2,
    },
    { name: 'the bot mode without a bot', reason: 'nobody answers', given: { routing: routedTo(null) }, want: null },
    {
      name: 'a bot that is not the client’s',
      reason: 'VoiceLink refuses it',
      given: { routing: routedTo(9) },
      want: null,
    },
    { name: 'an inactive bot', reason: 'nobody answers', given: { routing: routedTo(2), bots: off }, want: null },
    {
      name: 'a bot that is wrongly listed as inactive',
      reason: 'it works',
      given: { routing: routedTo(2), bots: off, misreportedBotIds: [2] },
      want: 2,
    },
  ];

  it.each(cases)('is $want with a record to $name: $reason', ({ given, want }) => {
    expect(servingBot(anObservation({ bots, ...given }))?.id ?? null).toBe(want);
  });
});

describe('reusableBot', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly want: number | null;
  }[] = [
    {
      name: 'the one that is routed to',
      reason: 'working routes are left alone',
      given: { routing: routedTo(1) },
      want: 1,
    },
    {
      name: 'the first that points to us',
      reason: 'URLs are compared in canonical form',
      given: { routing: null },
      want: 2,
    },
    {
      name: 'the lowest id, none pointing to us',
      reason: 'two controllers must agree',
      given: { routing: null, bots: [bots[0] ?? aBot(), aBot({ id: 5, websocketUrl: null })] },
      want: 1,
    },
    {
      name: 'another than the routed one, which is off',
      reason: 'only active ones count',
      given: { routing: routedTo(3), bots: [...bots.slice(0, 2), ...off.slice(2)] },
      want: 2,
    },
    { name: 'none, all being off', reason: 'a stranger’s bot stays off', given: { bots: off }, want: null },
    { name: 'none, there being none', reason: 'it must be created', given: { bots: [] }, want: null },
  ];

  it.each(cases)('is $name: $reason', ({ given, want }) => {
    expect(reusableBot(anObservation({ bots, ...given }), OURS)?.id ?? null).toBe(want);
  });
});

describe('ownInactiveBot', () => {
  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly want: number | null;
  }[] = [
    {
      name: 'the lowest inactive one that points to us',
      reason: 'bringing it back beats a second bot',
      given: { bots: off },
      want: 2,
    },
    { name: 'not a stranger’s', reason: 'somebody turned it off', given: { bots: off.slice(0, 1) }, want: null },
    { name: 'not an active one', reason: 'nothing to bring back', given: { bots }, want: null },
    {
      name: 'not one that is listed wrongly',
      reason: 'it is active',
      given: { bots: off.slice(1, 2), misreportedBotIds: [2] },
      want: null,
    },
  ];

  it.each(cases)('is $name: $reason', ({ given, want }) => {
    expect(ownInactiveBot(anObservation(given), OURS)?.id ?? null).toBe(want);
  });
});
