import { aBot, aDid, aDidKey, anObservation, aPhoneNumber, aRouting, aSpec, OBSERVED_AT } from '@dialtone/testing';
import { planSteps } from './plan';
import { routingToBot, type PlanSpec } from './steps';
import { type Plan, type PlannedStep, type StepAction, type StepKind } from './steps';
import { type KeyObservation } from './observation';

const OURS = 'wss://bots.example.test/ws';
const context = { now: OBSERVED_AT, defaultWebsocketUrl: OURS };

const key = aDidKey('918011223344');
const did = aDid({ key, didId: 812, clientId: 415 });
const unmapped = aDid({ ...did, clientId: null });
const bot = aBot({ id: 93, clientId: 415, websocketUrl: OURS });
const stranger = aBot({ id: 95, clientId: 415, websocketUrl: 'wss://elsewhere.example.test/ws' });
const off = (row: typeof bot): typeof bot => aBot({ ...row, active: false });
const routing = aRouting({ id: 120, key, outboundBotId: 93, forInboundCall: 2, inboundTrunkId: 31 });
const spec = aSpec();
const local = aPhoneNumber({ key, agentId: spec.agentId });
const served: Partial<KeyObservation> = { key, did, bots: [bot], routing, local };

const plan = (overrides: Partial<KeyObservation>, declared: PlanSpec = spec): Plan =>
  planSteps(declared, anObservation({ ...served, ...overrides }), context);

const stepOf = (
  kind: StepKind,
  overrides: Partial<KeyObservation>,
  declared: PlanSpec = spec,
): PlannedStep | undefined => plan(overrides, declared).find(({ step }) => step === kind);

const actionOf = (kind: StepKind, overrides: Partial<KeyObservation>, declared: PlanSpec = spec): StepAction | null => {
  const step = stepOf(kind, overrides, declared);
  return step?.status === 'needed' ? step.action : null;
};

describe('ensure_bot and ensure_routing', () => {
  interface Choice {
    readonly bot: string;
    readonly routing: string;
  }
  const choice = (overrides: Partial<KeyObservation>, declared?: PlanSpec): Choice => {
    const ofBot = actionOf('ensure_bot', overrides, declared);
    const ofRouting = actionOf('ensure_routing', overrides, declared);
    return {
      bot:
        ofBot?.kind !== 'ensure_bot' ? 'keep' : ofBot.verb === 'create' ? 'create' : `activate ${String(ofBot.botId)}`,
      routing:
        ofRouting?.kind !== 'ensure_routing' ? 'keep' : `${ofRouting.verb} to ${String(ofRouting.botId ?? 'new')}`,
    };
  };

  const cases: readonly {
    readonly name: string;
    readonly reason: string;
    readonly given: Partial<KeyObservation>;
    readonly declared?: PlanSpec;
    readonly want: Choice;
  }[] = [
    {
      name: 'the routed bot',
      reason: 'a working route is left alone',
      given: { bots: [stranger, bot] },
      want: { bot: 'keep', routing: 'keep' },
    },
    {
      name: 'a routed bot that points elsewhere',
      reason: 'an active bot of the client is all that READY asks for',
      given: { bots: [bot, stranger], routing: aRouting({ ...routing, outboundBotId: 95 }) },
      want: { bot: 'keep', routing: 'keep' },
    },
    {
      name: 'no routing beside two bots',
      reason: 'the one that points to us is taken',
      given: { bots: [aBot({ ...stranger, id: 1 }), bot], routing: null },
      want: { bot: 'keep', routing: 'create to 93' },
    },
    {
      name: 'no routing beside a stranger',
      reason: 'an existing active bot is reused',
      given: { bots: [stranger], routing: null },
      want: { bot: 'keep', routing: 'create to 95' },
    },
    {
      name: 'a route to nowhere',
      reason: 'it is updated, never created twice',
      given: { routing: aRouting({ ...routing, outboundBotId: null }) },
      want: { bot: 'keep', routing: 'update to 93' },
    },
    {
      name: 'a route to the right bot that is inactive',
      reason: 'status is part of the record',
      given: { routing: aRouting({ ...routing, active: false }) },
      want: { bot: 'keep', routing: 'update to 93' },
    },
    {
      name: 'our bot turned off',
      reason: 'it is brought back; the route leads to it again once it is on, as who looks after that finds',
      given: { bots: [off(bot)] },
      want: { bot: 'activate 93', routing: 'keep' },
    },
    {
      name: 'our bot turned off, and a route that is',
      reason: 'the route does not lead to it by itself',
      given: { bots: [off(bot)], routing: aRouting({ ...routing, active: false }) },
      want: { bot: 'activate 93', routing: 'update to 93' },
    },
    {
      name: 'our bot turned off beside an active stranger',
      reason: 'an active one comes before a sleeping one',
      given: { bots: [off(bot), stranger] },
      want: { bot: 'keep', routing: 'update to 95' },
    },
    {
      name: 'our bot listed as off by a list that lies about it',
      reason: 'nothing is broken',
      given: { bots: [off(bot)], misreportedBotIds: [93] },
      want: { bot: 'keep', routing: 'keep' },
    },
    {
      name: 'a stranger turned off',
      reason: 'it stays off, a new one is made',
      given: { bots: [off(stranger)], routing: null },
      want: { bot: 'create', routing: 'create to new' },
    },
    { name: 'no bot', reason: 'one is made', given: { bots: [] }, want: { bot: 'create', routing: 'update to new' } },
    {
      name: 'a bot where the declaration points to',
      reason: 'the declared endpoint is how our bots are known',
      given: { bots: [aBot({ ...bot, id: 1 }), stranger], routing: null },
      declared: aSpec({ websocketUrl: stranger.websocketUrl }),
      want: { bot: 'keep', routing: 'create to 95' },
    },
    {
      name: 'an unmapped DID whose declared client has a bot',
      reason: 'the mapping comes first, then that bot serves',
      given: { did: unmapped, routing: null },
      declared: aSpec({ clientId: 415 }),
      want: { bot: 'keep', routing: 'create to 93' },
    },
  ];

  it.each(cases)('with $name: $reason', ({ given, declared, want }) => {
    expect(choice(given, declared)).toEqual(want);
  });

  it('creates a bot with the documented name and the configured endpoint, unless declared otherwise', () => {
    expect(actionOf('ensure_bot', { bots: [] })).toEqual({
      kind: 'ensure_bot',
      verb: 'create',
      clientId: 415,
      name: 'Vocobase +918011223344',
      websocketUrl: OURS,
    });
    const declared = aSpec({ botName: 'Front desk', websocketUrl: 'wss://mine.example.test' });
    expect(actionOf('ensure_bot', { bots: [] }, declared)).toMatchObject({
      name: 'Front desk',
      websocketUrl: 'wss://mine.example.test',
    });
  });

  it('makes the bot of an unmapped DID for the client that it will be mapped to', () => {
    expect(actionOf('ensure_bot', { did: unmapped, bots: [] }, aSpec({ clientId: 500 }))).toMatchObject({
      clientId: 500,
    });
  });

  it('creates a complete record, inbound to a mobile', () => {
    expect(actionOf('ensure_routing', { routing: null })).toEqual({
      kind: 'ensure_routing',
      verb: 'create',
      didId: 812,
      didNumber: '918011223344',
      botId: 93,
      fields: {
        forInboundCall: 1,
        inboundBotId: null,
        inboundTrunkId: null,
        forOutboundCall: 3,
        outboundBotId: 93,
        outboundTrunkId: null,
        active: true,
      },
    });
  });

  it('updates the outbound half only', () => {
    const changed = aRouting({
      ...routing,
      forOutboundCall: 2,
      outboundBotId: null,
      outboundTrunkId: 32,
      active: false,
    });
    expect(actionOf('ensure_routing', { routing: changed })).toEqual({
      kind: 'ensure_routing',
      verb: 'update',
      routingId: 120,
      botId: 93,
      fields: {
        forInboundCall: 2,
        inboundBotId: null,
        inboundTrunkId: 31,
        forOutboundCall: 3,
        outboundBotId: 93,
        outboundTrunkId: null,
        active: true,
      },
    });
  });
});

describe('routingToBot', () => {
  it.each([
    { name: 'a bot', reason: 'only mode 3 has one', given: { inboundBotId: 58, inboundTrunkId: null }, want: 3 },
    { name: 'a trunk', reason: 'only mode 2 has one', given: { inboundBotId: null, inboundTrunkId: 31 }, want: 2 },
  ])('finds an inbound mode that was not said by its handler, $name: $reason', ({ given, want }) => {
    expect(routingToBot(aRouting({ ...routing, ...given, forInboundCall: null }), 93)).toMatchObject({
      ...given,
      forInboundCall: want,
    });
  });

  it('sends a mode that nobody has seen yet back as it was read', () => {
    expect(routingToBot(aRouting({ ...routing, forInboundCall: 0 }), 93).forInboundCall).toBe(0);
  });
});
