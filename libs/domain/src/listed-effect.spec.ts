import { aBot, aDid, aDidKey, aRouting } from '@dialtone/testing';
import { isEffectListed, type ListedKey } from './listed-effect';
import type { WriteEffect } from './made-write';

const key = aDidKey('918011223344');
const URL = 'wss://bots.example/ws';
const MAPPED: WriteEffect = { kind: 'mapped', didId: 812, clientId: 415 };
const MADE: WriteEffect = { kind: 'bot_made', clientId: 415, botId: null, name: 'Sales' };
const KNOWN: WriteEffect = { ...MADE, botId: 93 };
const ACTIVATED: WriteEffect = { kind: 'bot_activated', botId: 93 };
const ROUTED: WriteEffect = {
  ...{ kind: 'routed', isNew: true, routingId: null, active: true },
  ...{ forOutboundCall: 3, outboundBotId: 93, outboundTrunkId: null },
};
const record = (fields: Parameters<typeof aRouting>[0]) => ({
  routing: aRouting({ key, forOutboundCall: 3, outboundBotId: 93, outboundTrunkId: null, active: true, ...fields }),
});
const bots = (...given: Parameters<typeof aBot>[0][]) => ({
  bots: given.map((bot) => aBot({ clientId: 415, websocketUrl: URL, ...bot })),
});

const listed = (some: Partial<ListedKey>): ListedKey => ({
  ...{ did: null, bots: [], routing: null, misreportedBotIds: [] },
  ...some,
});

describe('what lists show of a write', () => {
  it.each<{ name: string; effect: WriteEffect; given: Partial<ListedKey>; want: boolean }>([
    { name: 'the mapping', effect: MAPPED, given: { did: aDid({ didId: 812, clientId: 415 }) }, want: true },
    { name: 'another mapping', effect: MAPPED, given: { did: aDid({ didId: 812, clientId: 9 }) }, want: false },
    { name: 'another purchase', effect: MAPPED, given: { did: aDid({ didId: 1, clientId: 415 }) }, want: false },
    { name: 'no DID', effect: MAPPED, given: {}, want: false },
    { name: 'the bot by its id', effect: KNOWN, given: bots({ id: 93, name: 'other' }), want: true },
    { name: 'a bot of its name with another id', effect: KNOWN, given: bots({ id: 94, name: 'Sales' }), want: false },
    { name: 'the bot by its name', effect: MADE, given: bots({ name: ' sales ' }), want: true },
    { name: 'another bot', effect: MADE, given: bots({ name: 'Support' }), want: false },
    {
      name: 'a bot of its name that points elsewhere',
      effect: MADE,
      given: bots({ name: 'Sales', websocketUrl: 'wss://else.example/ws' }),
      want: false,
    },
    {
      name: 'a bot of its name of another client',
      effect: MADE,
      given: bots({ name: 'Sales', clientId: 9 }),
      want: false,
    },
    { name: 'the bot, active', effect: ACTIVATED, given: bots({ id: 93, active: true }), want: true },
    { name: 'the bot, inactive', effect: ACTIVATED, given: bots({ id: 93, active: false }), want: false },
    {
      name: 'the bot, inactive in a list that is wrong about it',
      effect: ACTIVATED,
      given: { ...bots({ id: 93, active: false }), misreportedBotIds: [93] },
      want: true,
    },
    { name: 'another bot, active', effect: ACTIVATED, given: bots({ id: 94, active: true }), want: false },
    { name: 'the record', effect: ROUTED, given: record({}), want: true },
    {
      name: 'the record, as far as it is said',
      effect: ROUTED,
      given: record({ active: null, forOutboundCall: null }),
      want: true,
    },
    { name: 'a record to another bot', effect: ROUTED, given: record({ outboundBotId: 94 }), want: false },
    { name: 'a record that is off', effect: ROUTED, given: record({ active: false }), want: false },
    { name: 'another record', effect: { ...ROUTED, routingId: 5 }, given: record({ id: 6 }), want: false },
    { name: 'no record', effect: ROUTED, given: {}, want: false },
  ])('$name: $want', ({ effect, given, want }) => {
    expect(isEffectListed(effect, listed(given), URL)).toBe(want);
  });
});
