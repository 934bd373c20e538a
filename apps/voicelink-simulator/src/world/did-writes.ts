import { type Behaviour } from './behaviour';
import { Fields, type Body } from './fields';
import { MOBILE, ONLY_ANSWER, type Did, type UserStatus } from './records';
import { done, refused, type WriteResult } from './write-result';
import { type World } from './world';

/** `POST /v1/reseller/client/map-did` (VoiceLink upstream notes §6.3). */
export const mapDid = (world: World, body: Body, behaviour: Behaviour): WriteResult => {
  const fields = new Fields(body);
  const clientId = fields.requiredId('client_id');
  const mapping = readMapping(fields);
  const did = readDid(world, fields);
  if (clientId > 0 && world.clients.get(clientId) === undefined) fields.fail('client_id', 'is invalid');
  if (fields.errors !== null || did === undefined) return { kind: 'invalid', errors: fields.errors ?? {} };
  const objection = objectionTo(did, clientId, behaviour);
  if (objection !== null) return refused(objection);
  world.putDid({ ...did, ...mapping, clientId });
  if (behaviour.routing_on_mapping === 'create') createDefaultRouting(world, did.id);
  return done('DID mapped successfully.', did.id, { did_id: did.id });
};

const readDid = (world: World, fields: Fields): Did | undefined => {
  const id = fields.requiredId('did_id');
  const did = world.did(id);
  if (id > 0 && did === undefined) fields.fail('did_id', 'is invalid');
  return did;
};

const readMapping = (
  fields: Fields,
): Pick<Did, 'callRecording' | 'userStatus' | 'userExpiryDate' | 'description' | 'clientAutoRenew'> => ({
  callRecording: fields.bit('call_recording', { required: true }) ?? 0,
  userStatus: (fields.int('user_status', { oneOf: [2, 4] }) ?? 2) as UserStatus,
  userExpiryDate: fields.text('user_expiry_date', { pattern: /^\d{4}-\d{2}-\d{2}/ }),
  description: fields.text('description'),
  clientAutoRenew: fields.bit('client_auto_renew') ?? 0,
});

const objectionTo = (did: Did, clientId: number, behaviour: Behaviour): string | null => {
  if (did.isExpired && behaviour.map_did_expired === 'refuse') return 'The selected DID has expired.';
  if (did.clientId === null) return null;
  if (did.clientId === clientId) {
    return behaviour.map_did_of_same_client === 'refuse' ? 'This DID is already mapped to the client.' : null;
  }
  return behaviour.map_did_of_other_client === 'refuse' ? 'This DID is already mapped to another client.' : null;
};

const createDefaultRouting = (world: World, didId: number): void => {
  if (world.routingOf(didId) !== undefined) return;
  world.addRouting({
    didId,
    forInboundCall: MOBILE,
    forOutboundCall: ONLY_ANSWER,
    inboundBotId: null,
    inboundTrunkId: null,
    outboundBotId: null,
    outboundTrunkId: null,
    status: 1,
  });
};
