import { canonicalKey, type ConnectionId, type DidKey, phoneNumberOf } from '@dialtone/domain';
import { didResource, requestResource, writeTarget } from '@dialtone/engine';
import type { ObservedTargets } from '@dialtone/persistence';
import { unnamedRoutingFields } from '@dialtone/voicelink';
import { findListed } from '../find-listed';
import { didKeyOfDid, didKeyOfRouting } from '../did-key-of';
import type { Opened } from '../open-account';
import type { PlannedWrite } from '../pass-through';
import { withoutUndefined } from '../upstream-body';
import type { UpstreamBody } from '../upstream-body';
import type { CreateRoutingBody, UpdateRoutingBody } from './routing.dto';

/** What planning a routing write needs besides the call. */
export interface RoutingKnowledge {
  readonly targets: ObservedTargets;
  readonly countryCode: string;
}

const routingFields = (given: CreateRoutingBody | UpdateRoutingBody): UpstreamBody =>
  withoutUndefined({
    for_inbound_call: given.for_inbound_call,
    inbound_websocket_bot_id: given.inbound_websocket_bot_id,
    inbound_sip_trunk_id: given.inbound_sip_trunk_id,
    for_outbound_call: given.for_outbound_call,
    outbound_websocket_bot_id: given.outbound_websocket_bot_id,
    outbound_sip_trunk_id: given.outbound_sip_trunk_id,
    status: given.status,
  });

/** `what` names the resource to lock while the number is unknown. */
const onNumber = (
  connectionId: ConnectionId,
  key: DidKey | null,
  what: string,
): Pick<PlannedWrite, 'resource' | 'key' | 'affectsNumbers'> => ({
  resource: key === null ? requestResource(connectionId, what) : didResource(connectionId, key),
  key,
  affectsNumbers: true,
});

/** VoiceLink upstream notes §8.2: the number is sent as VoiceLink registers it, digits only (§10.1). */
export const planCreateRouting = async (
  { targets, countryCode }: RoutingKnowledge,
  opened: Opened,
  given: CreateRoutingBody,
): Promise<PlannedWrite> => {
  const { did_id, did_number } = given;
  const named = did_number === undefined ? null : canonicalKey(did_number, countryCode);
  const key = did_id === undefined ? named : await didKeyOfDid(targets, opened, did_id);
  return {
    path: '/v1/call-routing/create',
    body: () => {
      const number = named === null ? undefined : phoneNumberOf(named).slice(1);
      return { body: { ...withoutUndefined({ did_id, did_number: number }), ...routingFields(given) } };
    },
    // No look-up just for the id: within the writes of one number, either id or number identifies this one.
    target: writeTarget('routing-create', did_id ?? Number(named)),
    ...onNumber(opened.connectionId, key, `did:${String(did_id)}`),
  };
};

/**
 * VoiceLink upstream notes §8.3: an update replaces the record. Fields of this API are sent as given, an omitted one not at
 * all; unmodelled fields are sent back unchanged.
 */
export const planUpdateRouting = async (
  { targets }: RoutingKnowledge,
  opened: Opened,
  { routingId, given }: { readonly routingId: number; readonly given: UpdateRoutingBody },
): Promise<PlannedWrite> => ({
  path: `/v1/call-routing/update/${String(routingId)}`,
  body: async () => {
    const record = await listedRecord(opened, routingId);
    const kept = record === undefined ? {} : unnamedRoutingFields(record);
    return { body: { ...kept, ...routingFields(given) }, record };
  },
  target: writeTarget('routing-update', routingId),
  ...onNumber(opened.connectionId, await didKeyOfRouting(targets, opened, routingId), `routing:${String(routingId)}`),
});

/** Undefined for a record that is not listed or not decodable: VoiceLink decides about those. */
const listedRecord = async (opened: Opened, routingId: number): Promise<UpstreamBody | undefined> => {
  const { row, doubt } = await findListed(opened, 'routing', ({ id }) => id === routingId);
  if (doubt?.passes === true) throw doubt.error;
  return row?.raw;
};
