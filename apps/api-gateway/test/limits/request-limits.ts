import { MAX_DEPTH, MAX_FIELDS, MAX_ITEMS } from '../../src/http/input/body-shape';
import type { Limit } from './limit';
import type { LimitWorld, Party } from './limit-world';

const AGENT = '/api/v2/agent';
const CONNECTIONS = '/api/v2/telephony/connections';
const many = (count: number, of: (nth: number) => string): string =>
  Array.from({ length: count }, (_, nth) => of(nth)).join();
const agentOf = (payload: string) => (world: LimitWorld, party: Party) => world.ask(party, { url: AGENT, payload });
const get = (path: string, more: string, apiKey: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${apiKey}\r\n${more}\r\n`;

/** Sizes: what one request may be. */
export const PER_REQUEST: readonly Limit[] = [
  {
    name: 'bytes of a body, 64 KiB',
    setting: null,
    code: 'PAYLOAD_TOO_LARGE',
    says: /body is too large/,
    heals: false,
    exceed: (world, party) => world.ask(party, { url: CONNECTIONS, payload: `"${'x'.repeat(64 * 1024)}"` }),
    neighbour: null,
  },
  {
    name: 'bytes of the body of an agent, a batch or a plan, 1 MiB',
    setting: null,
    code: 'PAYLOAD_TOO_LARGE',
    says: /body is too large/,
    heals: false,
    exceed: agentOf(`"${'x'.repeat(1024 * 1024)}"`),
    neighbour: null,
  },
  {
    name: 'fields of a body',
    setting: null,
    code: 'VALIDATION_ERROR',
    says: /must not have more than 256 fields/,
    heals: false,
    exceed: agentOf(`{${many(MAX_FIELDS + 1, (nth) => `"f${String(nth)}":1`)}}`),
    neighbour: null,
  },
  {
    name: 'items of all lists of a body',
    setting: null,
    code: 'VALIDATION_ERROR',
    says: /must not have more than 2000 items/,
    heals: false,
    exceed: agentOf(`[${many(MAX_ITEMS + MAX_FIELDS + 2, () => '1')}]`),
    neighbour: null,
  },
  {
    name: 'levels of a body',
    setting: null,
    code: 'VALIDATION_ERROR',
    says: /must not be nested more than 32 levels/,
    heals: false,
    exceed: agentOf(`${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`),
    neighbour: null,
  },
  {
    name: 'parameters of a query',
    setting: null,
    code: 'VALIDATION_ERROR',
    says: /must not have more than 256 parameters/,
    heals: false,
    exceed: (world, party) =>
      world.ask(party, {
        method: 'GET',
        url: `${AGENT}?${many(MAX_FIELDS + 1, (nth) => `p${String(nth)}=1`).replaceAll(',', '&')}`,
      }),
    neighbour: null,
  },
  {
    name: 'characters of a path segment',
    setting: null,
    code: 'URI_TOO_LONG',
    says: /path segment is too long/,
    heals: false,
    exceed: (world, party) => world.ask(party, { method: 'GET', url: `${AGENT}/${'x'.repeat(1025)}` }),
    neighbour: null,
  },
  {
    name: 'bytes of the URL and the headers',
    setting: null,
    code: 'HEADERS_TOO_LARGE',
    says: /URL and the headers are too large together/,
    heals: false,
    exceed: (world, { apiKey }) => world.writeRaw(get(AGENT, `X: ${'x'.repeat(20_000)}\r\n`, apiKey)),
    neighbour: null,
  },
  {
    name: 'requests of a TCP connection that wait for their answers',
    setting: null,
    code: 'SERVICE_UNAVAILABLE',
    says: /^More than 16 requests of this connection wait/,
    heals: true,
    exceed: (world, { apiKey }) => world.writeRaw(get(AGENT, '', apiKey).repeat(17)),
    neighbour: null,
  },
];
