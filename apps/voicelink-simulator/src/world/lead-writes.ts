import { Fields, type Body } from './fields';
import { BOT, type Bot, type Did } from './records';
import { done, refused, type WriteResult } from './write-result';
import { type World } from './world';

const FIRST_QUEUE_ID = 4401;

/**
 * `POST /v1/add_lead`: asks for one outbound call. Refused unless the DID's outbound half is an active WebSocket bot
 * (VoiceLink upstream notes §3.3). No call is placed. The field names follow public integrations.
 */
export const addLead = (world: World, body: Body): WriteResult => {
  const fields = new Fields(body);
  const did = readDid(world, fields);
  fields.requiredText('customer_number', { pattern: /^\+?\d{6,15}$/ });
  fields.text('country_code', { pattern: /^\d{1,4}$/ });
  fields.text('websocket_url', { pattern: /^wss?:\/\// });
  fields.text('webhook_url', { pattern: /^https?:\/\// });
  fields.text('custom_parameters');
  if (fields.errors !== null || did === undefined) return { kind: 'invalid', errors: fields.errors ?? {} };
  if (did.isExpired) return refused('The selected DID has expired.');
  const bot = outboundBot(world, did);
  if (bot?.status !== 1) return refused('The outbound routing of this DID is not an active WebSocket bot.');
  const queueId = FIRST_QUEUE_ID + world.leads;
  world.leads += 1;
  return done('Lead added successfully.', queueId, {
    outbound_queue_id: queueId,
    bot_id: bot.id,
    client_id: did.clientId,
  });
};

const readDid = (world: World, fields: Fields): Did | undefined => {
  const number = fields.requiredText('did_number');
  const did = world.didByNumber(number);
  if (number !== '' && did === undefined) fields.fail('did_number', 'is invalid');
  return did;
};

const outboundBot = (world: World, did: Did): Bot | undefined => {
  const routing = world.routingOf(did.id);
  if (routing?.status !== 1 || routing.forOutboundCall !== BOT || routing.outboundBotId === null) return undefined;
  return world.bots.get(routing.outboundBotId);
};
