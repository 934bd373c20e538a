import type {
  AgentId,
  BindingSpec,
  DidKey,
  LocalPhoneNumber,
  Presence,
  PresenceMemory,
  RemoteBot,
  RemoteDid,
  RemoteRouting,
  Section,
} from '@dialtone/domain';
import { SECTIONS } from '@dialtone/domain';
import * as fc from 'fast-check';
import { aDidKey, anAgentId, aPhoneNumberId } from './ids';
import type { ModelWorld } from './model-world';
import { OBSERVED_AT } from './observed';
import { aBot, aDid, aRouting } from './remote';

/** A universe so small that numbers, clients and bots often collide. */
export const KEYS: readonly DidKey[] = [aDidKey('918011223344'), aDidKey('918011223355'), aDidKey('911800123456')];
const CLIENTS = [415, 416] as const;
const BOTS = [90, 91, 92, 93, 94] as const;
const AGENTS: readonly AgentId[] = [anAgentId(), anAgentId()];
const LOCAL_ID = aPhoneNumberId();

/** The URL of our own bots; bots in the universe point to it, to another spelling of it, or elsewhere. */
export const WEBSOCKET_URL = 'wss://bots.example.test/ws';
const URLS = [WEBSOCKET_URL, 'WSS://Bots.Example.test:443/ws/', 'wss://elsewhere.example.test/ws', null];

const flag = fc.constantFrom<(boolean | null)[]>(true, false, null);
const rarely = (value: boolean): fc.Arbitrary<boolean | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(!value, null) }, { weight: 1, arbitrary: fc.constant(value) });

const clientId = fc.constantFrom<(number | null)[]>(...CLIENTS, null);
const botId = fc.constantFrom<(number | null)[]>(...BOTS, null, 666);
export const anyKey: fc.Arbitrary<DidKey> = fc.constantFrom(...KEYS);

const dids: fc.Arbitrary<readonly RemoteDid[]> = fc.uniqueArray(
  fc
    .record({
      key: anyKey,
      didId: fc.integer({ min: 1, max: 9 }),
      clientId,
      isExpired: rarely(true),
      expiresAt: fc.constantFrom(null, null, OBSERVED_AT + 1, OBSERVED_AT - 1),
    })
    .map(aDid),
  { selector: (did) => did.didId, maxLength: 5 },
);

const bots: fc.Arbitrary<readonly RemoteBot[]> = fc.uniqueArray(
  fc.record({ id: fc.constantFrom(...BOTS), clientId, active: flag, websocketUrl: fc.constantFrom(...URLS) }).map(aBot),
  { selector: (bot) => bot.id, maxLength: 5 },
);

/** Any record at all: `inboundMode` decides what it may say about its inbound half. */
export const routingRow = (inboundMode: fc.Arbitrary<number | null>): fc.Arbitrary<RemoteRouting> =>
  fc
    .record({
      id: fc.integer({ min: 1, max: 20 }),
      key: anyKey,
      forInboundCall: inboundMode,
      inboundBotId: botId,
      inboundTrunkId: fc.constantFrom(null, 31),
      forOutboundCall: fc.constantFrom(2, 3, 4, null),
      outboundBotId: botId,
      outboundTrunkId: fc.constantFrom(null, 32),
      active: rarely(false),
    })
    .map(aRouting);

/** The modes that VoiceLink documents, and undocumented ones. */
export const knownMode: fc.Arbitrary<number> = fc.constantFrom(0, 1, 2, 3, 7);

const routing: fc.Arbitrary<readonly RemoteRouting[]> = fc.uniqueArray(routingRow(knownMode), {
  selector: (row) => row.id,
  maxLength: 4,
});

const local: fc.Arbitrary<readonly LocalPhoneNumber[]> = fc.uniqueArray(
  fc.record({
    id: fc.constant(LOCAL_ID),
    key: anyKey,
    agentId: fc.constantFrom<(AgentId | null)[]>(...AGENTS, null),
    agentName: fc.constant(null),
  }),
  { selector: (row) => row.key, maxLength: 3 },
);

/** Any world in which VoiceLink lists bots as they are; `listLies` may make it list new and activated ones as inactive. */
export const anyWorld = (options: { readonly listLies: boolean } = { listLies: false }): fc.Arbitrary<ModelWorld> =>
  fc.record({
    dids,
    bots,
    routing,
    local,
    listLies: options.listLies ? fc.boolean() : fc.constant(false),
    misreportedBotIds: fc.subarray([...BOTS], { maxLength: 2 }).map((ids) => new Set<number>(ids)),
  });

export const anySpec: fc.Arbitrary<BindingSpec> = fc.record({
  agentId: fc.constantFrom(...AGENTS),
  clientId,
  botName: fc.constantFrom(null, 'Front desk'),
  websocketUrl: fc.constantFrom(null, 'wss://declared.example.test/ws'),
  mode: fc.constant('enforce' as const),
  release: fc.constant('keep' as const),
});

const presence: fc.Arbitrary<Presence> = fc.constantFrom('unknown', 'present', 'suspect', 'absent');
export const anyMemory: fc.Arbitrary<PresenceMemory> = fc.record({ did: presence, bot: presence, routing: presence });

export const anySections: fc.Arbitrary<readonly Section[]> = fc.subarray([...SECTIONS]);
