import { type Behaviour } from './behaviour';
import { Fields, type Body } from './fields';
import { BOT, MOBILE, ONLY_ANSWER, SIP, type Did, type Routing } from './records';
import { created, done, missing, refused, type WriteResult } from './write-result';
import { type World } from './world';

type Halves = Omit<Routing, 'id' | 'didId'>;

const BAD_BOT = 'The selected WebSocket bot is not valid, not active or does not belong to the client.';
const BAD_TRUNK = 'The selected SIP trunk is not valid, not active or does not belong to the client.';

/** `POST /v1/call-routing/create` (VoiceLink upstream notes §8.2). One record per DID: a second one is refused. */
export const createRouting = (world: World, body: Body, behaviour: Behaviour): WriteResult => {
  const fields = new Fields(body);
  const did = readDid(world, fields);
  const halves = readHalves(fields, { statusRequired: false });
  requireHandlers(fields, halves);
  if (fields.errors !== null || did === null) return { kind: 'invalid', errors: fields.errors ?? {} };
  if (world.routingOf(did.id) !== undefined) return refused('Call routing already exists for this DID.');
  if (did.clientId === null && behaviour.routing_of_unmapped_did === 'refuse') {
    return refused('The selected DID is not mapped to a client.');
  }
  const objection = objectionTo(world, did, halves);
  if (objection !== null) return refused(objection);
  const routing = world.addRouting({ didId: did.id, ...halves });
  return created('Call routing created successfully.', routing.id);
};

/**
 * `POST /v1/call-routing/update/{id}` (§8.3). Replaces: a half whose id is not sent (or is null) loses its handler. The
 * DID cannot change. Both halves are checked, so a bot that was deactivated meanwhile makes the whole update fail.
 */
export const updateRouting = (world: World, id: number, body: Body): WriteResult => {
  const routing = world.routing(id);
  const did = routing && world.did(routing.didId);
  if (routing === undefined || did === undefined) return missing('Call routing');
  const fields = new Fields(body);
  const halves = readHalves(fields, { statusRequired: true });
  if (fields.errors !== null) return { kind: 'invalid', errors: fields.errors };
  const objection = objectionTo(world, did, halves);
  if (objection !== null) return refused(objection);
  world.putRouting({ id, didId: routing.didId, ...halves });
  return done('Call routing updated successfully.', id);
};

const readDid = (world: World, fields: Fields): Did | null => {
  const didId = fields.int('did_id', { min: 1 });
  const number = fields.text('did_number');
  const did = didId !== null ? world.did(didId) : number !== null ? world.didByNumber(number) : undefined;
  if (did !== undefined) return did;
  const name = fields.has('did_id') ? 'did_id' : 'did_number';
  if (fields.errors === null) fields.fail(name, fields.has(name) ? 'is invalid' : 'is required');
  return null;
};

const readHalves = (fields: Fields, rule: { readonly statusRequired: boolean }): Halves => ({
  forInboundCall: fields.int('for_inbound_call', { required: true, oneOf: [MOBILE, SIP, BOT] }) ?? 0,
  forOutboundCall: fields.int('for_outbound_call', { required: true, oneOf: [SIP, BOT, ONLY_ANSWER] }) ?? 0,
  inboundBotId: fields.int('inbound_websocket_bot_id', { min: 1 }),
  inboundTrunkId: fields.int('inbound_sip_trunk_id', { min: 1 }),
  outboundBotId: fields.int('outbound_websocket_bot_id', { min: 1 }),
  outboundTrunkId: fields.int('outbound_sip_trunk_id', { min: 1 }),
  status: fields.bit('status', { required: rule.statusRequired }) ?? 1,
});

/** On create each half that needs a handler must name it. */
const requireHandlers = (fields: Fields, halves: Halves): void => {
  if (halves.forInboundCall === BOT) fields.int('inbound_websocket_bot_id', { required: true });
  if (halves.forInboundCall === SIP) fields.int('inbound_sip_trunk_id', { required: true });
  if (halves.forOutboundCall === BOT) fields.int('outbound_websocket_bot_id', { required: true });
  if (halves.forOutboundCall === SIP) fields.int('outbound_sip_trunk_id', { required: true });
};

const objectionTo = (world: World, did: Did, halves: Halves): string | null => {
  const usable = (handler: { readonly status: number; readonly clientId: number | null } | undefined): boolean =>
    handler?.status === 1 && (did.clientId === null || handler.clientId === did.clientId);
  const bots = [halves.inboundBotId, halves.outboundBotId].filter((id) => id !== null);
  if (!bots.every((id) => usable(world.bots.get(id)))) return BAD_BOT;
  const trunks = [halves.inboundTrunkId, halves.outboundTrunkId].filter((id) => id !== null);
  return trunks.every((id) => usable(world.trunks.get(id))) ? null : BAD_TRUNK;
};
