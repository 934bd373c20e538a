import { Fields } from '../world/fields';
import { addLead } from '../world/lead-writes';
import { createBot, updateBot } from '../world/bot-writes';
import { createClient, deleteClient, updateClient } from '../world/client-writes';
import { mapDid } from '../world/did-writes';
import { createRouting, updateRouting } from '../world/routing-writes';
import { type WriteResult } from '../world/write-result';
import { type Simulator } from '../simulator';
import { failure, invalid, success, written, type Answer } from './answer';
import { type Call } from './call';
import { type EndpointName } from './endpoint-names';
import { type Listing } from './listing';
import * as lists from './lists';
import { resellerId, resellerRecord } from './wire';

export interface Endpoint {
  readonly name: EndpointName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL; `{id}` stands for one path segment. */
  readonly path: string;
  /** `public` needs no token; `write` goes into the journal. */
  readonly kind: 'public' | 'session' | 'read' | 'write';
  readonly run: (call: Call) => Answer | Listing;
}

/** Updates are POST too (VoiceLink upstream notes §1). */
const write = (
  name: EndpointName,
  path: string,
  apply: (simulator: Simulator, call: Call) => WriteResult,
): Endpoint => ({
  name,
  method: 'POST',
  path,
  kind: 'write',
  run: (call) => written(apply(call.simulator, call), call.simulator.behaviour),
});

/** Only the reseller can log in; its clients' accounts are refused like unknown users (§2). */
const login = ({ simulator, body }: Call): Answer => {
  const { behaviour, credentials, sessions } = simulator;
  const fields = new Fields(body);
  const username = fields.text('username', { required: true });
  const password = fields.text('password', { required: true });
  if (fields.errors !== null) return invalid(fields.errors, behaviour);
  if (username !== credentials.username || password !== credentials.password) {
    return failure(behaviour.login_failure === 'http_401' ? 401 : 200, 'Invalid credentials.');
  }
  if (behaviour.login_revokes_tokens === 'yes') sessions.revokeAll();
  const token = sessions.issue();
  const user = { ...account(simulator), plain_api_token: token };
  return success({ access_token: token, token_type: 'Bearer', user }, behaviour, 'Login successful.');
};

const logout = ({ simulator, token }: Call): Answer => {
  simulator.sessions.revoke(token);
  return success([], simulator.behaviour, 'Logged out successfully.');
};

const profile = ({ simulator }: Call): Answer =>
  success({ ...account(simulator), reseller_id: resellerId }, simulator.behaviour);

const account = ({ world, credentials }: Simulator): Readonly<Record<string, unknown>> =>
  resellerRecord(credentials.username, { total: world.channelPool, used: world.channelsUsed });

/** The part of VoiceLink that is simulated (VoiceLink upstream notes §4); every other path is a 404. */
export const ENDPOINTS: readonly Endpoint[] = [
  { name: 'login', method: 'POST', path: '/v1/auth/login', kind: 'public', run: login },
  { name: 'logout', method: 'POST', path: '/v1/auth/logout', kind: 'session', run: logout },
  { name: 'auth.user', method: 'GET', path: '/v1/auth/user', kind: 'read', run: profile },
  { name: 'reseller.profile', method: 'GET', path: '/v1/reseller/profile', kind: 'read', run: profile },
  { name: 'clients.list', method: 'GET', path: '/v1/reseller/clients', kind: 'read', run: lists.clients },
  { name: 'dids.purchased', method: 'GET', path: '/v1/reseller/did/purchased', kind: 'read', run: lists.purchasedDids },
  {
    name: 'dids.available',
    method: 'GET',
    path: '/v1/reseller/client/available-dids',
    kind: 'read',
    run: lists.availableDids,
  },
  { name: 'bots.list', method: 'GET', path: '/v1/websocket-bot/list', kind: 'read', run: lists.bots },
  { name: 'routing.list', method: 'GET', path: '/v1/call-routing/list', kind: 'read', run: lists.routings },
  { name: 'trunks.list', method: 'GET', path: '/v1/sip-trunk/list', kind: 'read', run: lists.trunks },
  write('clients.create', '/v1/reseller/client/create', ({ world, behaviour }, call) =>
    createClient(world, call.body, behaviour),
  ),
  write('clients.update', '/v1/reseller/client/update/{id}', ({ world, behaviour }, call) =>
    updateClient(world, call.id, call.body, behaviour),
  ),
  {
    ...write('clients.delete', '/v1/reseller/client/delete/{id}', ({ world }, call) => deleteClient(world, call.id)),
    method: 'DELETE',
  },
  write('dids.map', '/v1/reseller/client/map-did', ({ world, behaviour }, call) => mapDid(world, call.body, behaviour)),
  write('bots.create', '/v1/websocket-bot/create', ({ world, behaviour }, call) =>
    createBot(world, call.body, behaviour),
  ),
  write('bots.update', '/v1/websocket-bot/update/{id}', ({ world, behaviour }, call) =>
    updateBot(world, call.id, call.body, behaviour),
  ),
  write('routing.create', '/v1/call-routing/create', ({ world, behaviour }, call) =>
    createRouting(world, call.body, behaviour),
  ),
  write('routing.update', '/v1/call-routing/update/{id}', ({ world }, call) =>
    updateRouting(world, call.id, call.body),
  ),
  write('leads.add', '/v1/add_lead', ({ world }, call) => addLead(world, call.body)),
];
