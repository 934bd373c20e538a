import type { StepAction } from '@dialtone/domain';
import { writeTarget } from '../ports/journal';
import { ensureBot } from './ensure-bot';
import { sendPlanned, type Basis } from './planned-write';
import { SHORTLY_MS, waiting, type Seen, type StepContext, type StepDeps, type StepResult } from './step-result';

type ActionOf<K extends StepAction['kind']> = Extract<StepAction, { kind: K }>;
type Handler<K extends StepAction['kind']> = (
  deps: StepDeps,
  action: ActionOf<K>,
  context: StepContext,
  seen: Seen,
) => Promise<StepResult>;

/** Takes one step. Decides nothing: the planner says which step, and with what. */
export const takeStep = (deps: StepDeps, action: StepAction, context: StepContext, seen: Seen): Promise<StepResult> => {
  const handler = HANDLERS[action.kind] as Handler<StepAction['kind']>;
  return handler(deps, action, context, seen);
};

const basisOf = ({ observation, unresolved }: Seen): Basis => ({ observedAt: observation.observedAt, unresolved });

const importDid: Handler<'import_did'> = async ({ phoneNumbers }, { friendlyName }, context) => {
  const { partnerId, connectionId, key } = context;
  const row = await phoneNumbers.import({ partnerId, connectionId, key, friendlyName });
  return row === null ? { kind: 'impossible', message: 'The connection is disconnected' } : { kind: 'done' };
};

const assignAgent: Handler<'assign_agent'> = async ({ phoneNumbers }, { agentId }, context) => {
  const { partnerId, connectionId, key } = context;
  const assigned = await phoneNumbers.assignAgent({ partnerId, connectionId, key, agentId });
  return assigned
    ? { kind: 'done' }
    : { kind: 'impossible', message: `Agent ${agentId} does not exist any more; name another one` };
};

const mapClient: Handler<'client_mapping'> = (deps, action, context, seen) => {
  const { didId, clientId, callRecording } = action;
  return sendPlanned(deps, context, basisOf(seen), {
    step: action.kind,
    target: writeTarget('map', didId),
    body: { did_id: didId, client_id: clientId, call_recording: callRecording },
    before: { client_id: seen.observation.did?.clientId ?? null },
    leases: [context.lease],
    send: () => context.account.mapDid({ didId, clientId, callRecording }),
  });
};

const ensureRouting: Handler<'ensure_routing'> = (deps, action, context, seen) => {
  const { fields, botId } = action;
  if (botId === null) return Promise.resolve(waiting(SHORTLY_MS, 'The new bot is not listed yet'));
  const common = { step: action.kind, leases: [context.lease] };
  if (action.verb === 'update') {
    const { routingId } = action;
    const keep = seen.observation.routing?.raw ?? {};
    return sendPlanned(deps, context, basisOf(seen), {
      ...common,
      target: writeTarget('routing-update', routingId),
      body: { routing_id: routingId, ...fields },
      before: listedFields(seen.observation.routing, fields),
      send: () => context.account.updateRouting(routingId, fields, keep),
    });
  }
  const { didId, didNumber } = action;
  return sendPlanned(deps, context, basisOf(seen), {
    ...common,
    target: writeTarget('routing-create', didId),
    body: { did_id: didId, did_number: didNumber, ...fields },
    send: () => context.account.createRouting({ didId, didNumber, fields }),
  });
};

const outboundOff: Handler<'outbound_off'> = (deps, { routingId, fields }, context, seen) =>
  sendPlanned(deps, context, basisOf(seen), {
    step: 'release',
    target: writeTarget('routing-update', routingId),
    body: { routing_id: routingId, ...fields },
    leases: [context.lease],
    send: () => context.account.updateRouting(routingId, fields, seen.observation.routing?.raw ?? {}),
  });

/** Needs no VoiceLink, so a release takes it without an account. */
export const unassignAgent = async (
  { phoneNumbers }: Pick<StepDeps, 'phoneNumbers'>,
  { agentId }: Pick<ActionOf<'unassign_agent'>, 'agentId'>,
  { connectionId, key }: Pick<StepContext, 'connectionId' | 'key'>,
): Promise<StepResult> => {
  await phoneNumbers.unassignAgent({ connectionId, key, agentId });
  return { kind: 'done' };
};

/** Of a listed record, those that an update sets. */
const listedFields = (listed: object | null, fields: object): Readonly<Record<string, unknown>> => {
  const known = new Map<string, unknown>(Object.entries(listed ?? {}));
  return Object.fromEntries(Object.keys(fields).map((name) => [name, known.get(name) ?? null]));
};

/** A mapped type: a new kind of step does not compile until it is executed here. */
const HANDLERS: { readonly [K in StepAction['kind']]: Handler<K> } = {
  import_did: importDid,
  client_mapping: mapClient,
  ensure_bot: ensureBot,
  ensure_routing: ensureRouting,
  assign_agent: assignAgent,
  outbound_off: outboundOff,
  unassign_agent: unassignAgent,
};
