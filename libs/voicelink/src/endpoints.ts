import type { HttpMethod } from './http-transport';

/**
 * Every upstream endpoint that Dialtone calls. No endpoint that spends money, touches KYC or deletes is in the list, so no
 * call can reach one (VoiceLink upstream notes §4). `{id}` stands for digits.
 */
export const ENDPOINTS = [
  'GET /v1/auth/user',
  'GET /v1/reseller/profile',
  'GET /v1/reseller/clients',
  'POST /v1/reseller/client/create',
  'POST /v1/reseller/client/update/{id}',
  'GET /v1/reseller/did/purchased',
  'GET /v1/reseller/did-types',
  'GET /v1/reseller/client/available-dids',
  'POST /v1/reseller/client/map-did',
  'GET /v1/websocket-bot/list',
  'POST /v1/websocket-bot/create',
  'POST /v1/websocket-bot/update/{id}',
  'GET /v1/call-routing/list',
  'POST /v1/call-routing/create',
  'POST /v1/call-routing/update/{id}',
  'GET /v1/sip-trunk/list',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Places a call, which costs money: only `placeCall` reaches it, pass-through calls cannot (VoiceLink upstream notes §4). */
export const CALL_ENDPOINT = 'POST /v1/add_lead';

const known: ReadonlySet<string> = new Set(ENDPOINTS);

/** The endpoint of a request, or null when Dialtone does not call it. Also a metric label: a bounded set. */
export const endpointOf = (method: HttpMethod, path: string): Endpoint | null => {
  const label = `${method} ${path.replace(/\/\d+$/, '/{id}')}`;
  return known.has(label) ? (label as Endpoint) : null;
};
