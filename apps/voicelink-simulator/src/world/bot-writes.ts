import { type Behaviour } from './behaviour';
import { Fields, type Body } from './fields';
import { AUDIO_FORMATS, type Bot } from './records';
import { created, done, missing, type WriteResult } from './write-result';
import { type World } from './world';

const SECURE_WEBSOCKET = /^wss:\/\/[^\s/]+/i;

/** `POST /v1/websocket-bot/create` (VoiceLink upstream notes §7.2). Not idempotent: the same body again is a second bot. */
export const createBot = (world: World, body: Body, behaviour: Behaviour): WriteResult => {
  const fields = new Fields(body);
  const clientId = fields.requiredId('client_id');
  const name = fields.requiredText('bot_name');
  const websocketUrl = fields.text('websocket_url', { required: true, pattern: SECURE_WEBSOCKET });
  const status = fields.bit('status') ?? 1;
  const rest = readRest(fields);
  if (clientId > 0 && world.clients.get(clientId) === undefined) fields.fail('client_id', 'is invalid');
  if (behaviour.bot_names === 'unique' && namesake(world, clientId, name) !== undefined) {
    fields.fail('bot_name', 'has already been taken');
  }
  if (fields.errors !== null) return { kind: 'invalid', errors: fields.errors };
  const bot = world.bots.add({ name, websocketUrl, status, clientId, misreported: false, ...rest });
  return created('WebSocket bot created successfully.', bot.id);
};

/**
 * `POST /v1/websocket-bot/update/{id}` (§7.3). Replaces: fields that are not sent are lost, `bot_name` and `status` are required.
 * The bot stays with its client.
 */
export const updateBot = (world: World, id: number, body: Body, behaviour: Behaviour): WriteResult => {
  const bot = world.bots.get(id);
  if (bot === undefined) return missing('WebSocket bot');
  const fields = new Fields(body);
  const name = fields.requiredText('bot_name');
  const status = fields.bit('status', { required: true }) ?? 0;
  const websocketUrl = fields.text('websocket_url', { pattern: SECURE_WEBSOCKET });
  const rest = readRest(fields);
  const twin = namesake(world, bot.clientId, name);
  if (behaviour.bot_names === 'unique' && twin !== undefined && twin.id !== id)
    fields.fail('bot_name', 'has already been taken');
  if (fields.errors !== null) return { kind: 'invalid', errors: fields.errors };
  world.bots.put({ ...bot, name, status, websocketUrl, ...rest });
  return done('WebSocket bot updated successfully.', id);
};

const readRest = (fields: Fields): Pick<Bot, 'webhookUrl' | 'audioFormat' | 'noiseCancel'> => ({
  webhookUrl: fields.text('webhook_url', { pattern: /^https?:\/\// }),
  audioFormat: fields.text('audio_format', { oneOf: AUDIO_FORMATS }) ?? 'alaw',
  noiseCancel: fields.bit('noise_cancel') ?? 0,
});

const namesake = (world: World, clientId: number | null, name: string): Bot | undefined => {
  const wanted = name.trim().toLowerCase();
  return world.bots.rows.find((bot) => bot.clientId === clientId && bot.name.trim().toLowerCase() === wanted);
};
