import { type Behaviour } from './behaviour';
import { Fields, type Body } from './fields';
import { type Client } from './records';
import { created, done, missing, refused, type WriteResult } from './write-result';
import { type World } from './world';

const NO_CHANNELS = 'No channels available.';

/** `POST /v1/reseller/client/create` (VoiceLink upstream notes §5.2). Draws `channel_count` from the reseller's pool. */
export const createClient = (world: World, body: Body, behaviour: Behaviour): WriteResult => {
  const fields = new Fields(body);
  const wanted = {
    firstName: fields.requiredText('first_name'),
    lastName: fields.requiredText('last_name'),
    username: fields.requiredText('username'),
    email: fields.requiredText('email', { pattern: /^[^@\s]+@[^@\s]+$/ }),
    channelCount: fields.int('channel_count', { required: true, min: 1 }) ?? 0,
    phone: fields.text('phone'),
    isActive: fields.bit('is_active') ?? 1,
    walletBalance: '0.00',
  };
  fields.text('password', { required: true });
  checkOptionalNumbers(fields);
  checkUnique(world, fields, wanted, behaviour);
  if (fields.errors !== null) return { kind: 'invalid', errors: fields.errors };
  if (world.channelsUsed + wanted.channelCount > world.channelPool) return refused(NO_CHANNELS);
  const client = world.clients.add(wanted);
  return created('Client created successfully.', client.id, createAnswer(client.id, behaviour));
};

const createAnswer = (id: number, behaviour: Behaviour): Readonly<Record<string, unknown>> => {
  switch (behaviour.client_create_answer) {
    case 'client_id':
      return { client_id: id };
    case 'id':
      return { id };
    case 'client':
      return { client: { client_id: id } };
    case 'empty':
      return {};
  }
};

/**
 * `POST /v1/reseller/client/update/{client_id}` (§5.3): four fields are required each time, the others are changed when sent.
 */
export const updateClient = (world: World, id: number, body: Body, behaviour: Behaviour): WriteResult => {
  const client = world.clients.get(id);
  if (client === undefined) return missing('Client');
  const fields = new Fields(body);
  const wanted = readUpdate(fields, client);
  checkOptionalNumbers(fields);
  checkUnique(world, fields, wanted, behaviour);
  if (fields.errors !== null) return { kind: 'invalid', errors: fields.errors };
  const used = world.channelsUsed - client.channelCount + wanted.channelCount;
  if (wanted.channelCount > client.channelCount && used > world.channelPool) return refused(NO_CHANNELS);
  world.clients.put(wanted);
  return done('Client updated successfully.', id, { client_id: id });
};

const readUpdate = (fields: Fields, client: Client): Client => ({
  ...client,
  firstName: fields.text('first_name', { required: true }) ?? client.firstName,
  lastName: fields.text('last_name', { required: true }) ?? client.lastName,
  isActive: fields.bit('is_active', { required: true }) ?? client.isActive,
  channelCount: fields.int('channel_count', { required: true, min: 1 }) ?? client.channelCount,
  username: fields.text('username') ?? client.username,
  email: fields.text('email') ?? client.email,
  phone: fields.text('phone') ?? client.phone,
});

/** Accepted and not stored: no list of the account shows them. */
const checkOptionalNumbers = (fields: Fields): void => {
  fields.number('negative_threshold');
  fields.int('pulse_seconds');
  fields.number('inbound_rate');
  fields.number('outbound_rate');
};

const checkUnique = (
  world: World,
  fields: Fields,
  wanted: { readonly id?: number; readonly username: string; readonly email: string },
  behaviour: Behaviour,
): void => {
  const namesake = world.clientByUsername(wanted.username);
  if (namesake !== undefined && namesake.id !== wanted.id) fields.fail('username', 'has already been taken');
  if (behaviour.client_emails === 'repeat') return;
  const taken = world.clients.rows.some((client) => client.email === wanted.email && client.id !== wanted.id);
  if (taken) fields.fail('email', 'has already been taken');
};

/**
 * `DELETE /v1/reseller/client/delete/{client_id}`. Its DIDs become available again, its bots and trunks are deleted; routing
 * records stay and point to bots that no longer exist. No source describes the real platform here.
 */
export const deleteClient = (world: World, id: number): WriteResult => {
  if (world.clients.get(id) === undefined) return missing('Client');
  for (const did of world.didsOf(id)) world.putDid({ ...did, clientId: null, userStatus: did.isExpired ? 3 : 1 });
  for (const bot of world.botsOf(id)) world.bots.remove(bot.id);
  for (const trunk of world.trunks.rows.filter((row) => row.clientId === id)) world.trunks.remove(trunk.id);
  world.clients.remove(id);
  return done('Client deleted successfully.', id, {});
};
