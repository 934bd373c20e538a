import type {
  AgentId,
  DidKey,
  LocalKnowledge,
  LocalPhoneNumber,
  PlannedStep,
  PresenceMemory,
  RemoteBot,
  RemoteDid,
  RemoteRouting,
  RoutingFields,
  Snapshot,
  StepAction,
} from '@dialtone/domain';
import { aPhoneNumberId } from './ids';
import { aSnapshot, localKnowledge } from './observed';
import { aBot, aRouting } from './remote';

/** What VoiceLink and the local inventory hold, as a value. Each effect returns the next world. */
export interface ModelWorld {
  readonly dids: readonly RemoteDid[];
  readonly bots: readonly RemoteBot[];
  readonly routing: readonly RemoteRouting[];
  readonly local: readonly LocalPhoneNumber[];
  /** The list says that new and activated bots are inactive, although they work (VoiceLink upstream notes §10.5). */
  readonly listLies: boolean;
  readonly misreportedBotIds: ReadonlySet<number>;
}

/** The bot that an earlier step of the same run made; a routing step without a bot id means this one. */
export interface Run {
  readonly world: ModelWorld;
  readonly newBotId: number | null;
}

const FIRST_NEW_ID = 1_000;
const freeId = (rows: readonly { readonly id: number }[]): number =>
  Math.max(FIRST_NEW_ID, ...rows.map((row) => row.id + 1));

const refused = (why: string): never => {
  throw new Error(`The model of VoiceLink refused: ${why}`);
};

const mapDid = (world: ModelWorld, action: Extract<StepAction, { kind: 'client_mapping' }>): ModelWorld => {
  const did = world.dids.find((row) => row.didId === action.didId) ?? refused('no such DID');
  if (did.clientId !== null) refused('a mapped DID must never be mapped again');
  const mapped = { ...did, clientId: action.clientId };
  return { ...world, dids: world.dids.map((row) => (row === did ? mapped : row)) };
};

const ensureBot = (world: ModelWorld, action: Extract<StepAction, { kind: 'ensure_bot' }>): Run => {
  const active = !world.listLies;
  if (action.verb === 'create') {
    const { name, websocketUrl, clientId } = action;
    const bot = aBot({ id: freeId(world.bots), name, websocketUrl, clientId, active });
    return { world: { ...world, bots: [...world.bots, bot] }, newBotId: bot.id };
  }
  if (!world.bots.some((bot) => bot.id === action.botId)) refused('no such bot');
  const bots = world.bots.map((bot) => (bot.id === action.botId ? { ...bot, active } : bot));
  // Status 1 was accepted and the list still says 0: the bot counts as misreported from now on.
  const misreportedBotIds = new Set([...world.misreportedBotIds, ...(active ? [] : [action.botId])]);
  return { world: { ...world, bots, misreportedBotIds }, newBotId: action.botId };
};

const clientOf = (world: ModelWorld, key: DidKey): readonly (number | null)[] =>
  world.dids.filter((did) => did.key === key).map((did) => did.clientId);

/** An id of a bot of a client that the number is mapped to, or a refusal. */
const usableBot = (world: ModelWorld, key: DidKey, botId: number | null): number => {
  const bot = world.bots.find((row) => row.id === botId) ?? refused('no such bot');
  if (!clientOf(world, key).includes(bot.clientId)) refused('a bot of another client');
  return bot.id;
};

const ensureRouting = (
  { world, newBotId }: Run,
  key: DidKey,
  action: Extract<StepAction, { kind: 'ensure_routing' }>,
): ModelWorld => {
  const outboundBotId = usableBot(world, key, action.botId ?? newBotId);
  const fields: RoutingFields = { ...action.fields, outboundBotId };
  if (action.verb === 'create') {
    if (world.routing.some((row) => row.key === key)) refused('this DID has a routing record');
    const row = aRouting({ ...fields, id: freeId(world.routing), key, didId: action.didId });
    return { ...world, routing: [...world.routing, row] };
  }
  const current = world.routing.find((row) => row.id === action.routingId) ?? refused('no such routing record');
  return { ...world, routing: world.routing.map((row) => (row === current ? { ...row, ...fields } : row)) };
};

const importDid = (world: ModelWorld, key: DidKey): ModelWorld => {
  if (world.local.some((row) => row.key === key)) return world;
  return { ...world, local: [...world.local, { id: aPhoneNumberId(), key, agentId: null, agentName: null }] };
};

const outboundOff = (
  world: ModelWorld,
  { routingId, fields }: Extract<StepAction, { kind: 'outbound_off' }>,
): ModelWorld => ({
  ...world,
  routing: world.routing.map((row) => (row.id === routingId ? { ...row, ...fields } : row)),
});

const assignAgent = (world: ModelWorld, key: DidKey, agentId: AgentId | null): ModelWorld => {
  if (!world.local.some((row) => row.key === key)) refused('not in local inventory');
  return { ...world, local: world.local.map((row) => (row.key === key ? { ...row, agentId } : row)) };
};

const applyAction = (run: Run, key: DidKey, action: StepAction): Run => {
  switch (action.kind) {
    case 'import_did':
      return { ...run, world: importDid(run.world, key) };
    case 'client_mapping':
      return { ...run, world: mapDid(run.world, action) };
    case 'ensure_bot':
      return ensureBot(run.world, action);
    case 'ensure_routing':
      return { ...run, world: ensureRouting(run, key, action) };
    case 'assign_agent':
      return { ...run, world: assignAgent(run.world, key, action.agentId) };
    case 'outbound_off':
      return { ...run, world: outboundOff(run.world, action) };
    case 'unassign_agent':
      return { ...run, world: assignAgent(run.world, key, null) };
  }
};

/** The world after these steps of one run, in order; it stops at the first blocked one. Throws what VoiceLink would refuse. */
export const applySteps = (world: ModelWorld, key: DidKey, steps: readonly PlannedStep[]): ModelWorld => {
  let run: Run = { world, newBotId: null };
  for (const step of steps) {
    if (step.status === 'blocked') break;
    if (step.status === 'needed') run = applyAction(run, key, step.action);
  }
  return run.world;
};

/** Five complete lists of the world, as they would be read now. */
export const snapshotOf = (world: ModelWorld, overrides: Parameters<typeof aSnapshot>[0] = {}): Snapshot =>
  aSnapshot({ dids: world.dids, bots: world.bots, routing: world.routing, ...overrides });

/** Dialtone's local knowledge of the world: its rows and misreported bots, with one declared client and a memory. */
export const knowledgeOf = (
  world: ModelWorld,
  declared: ReadonlyMap<DidKey, number | null> = new Map(),
  memory: ReadonlyMap<DidKey, PresenceMemory> = new Map(),
): LocalKnowledge =>
  localKnowledge({
    phoneNumbers: world.local,
    declaredClients: declared,
    memory,
    misreportedBotIds: world.misreportedBotIds,
  });
