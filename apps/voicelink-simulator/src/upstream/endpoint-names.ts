/** Names by which faults, the journal and the call counts refer to an endpoint. */
export const ENDPOINT_NAMES = [
  'login',
  'logout',
  'auth.user',
  'reseller.profile',
  'clients.list',
  'clients.create',
  'clients.update',
  'clients.delete',
  'dids.purchased',
  'dids.available',
  'dids.map',
  'bots.list',
  'bots.create',
  'bots.update',
  'routing.list',
  'routing.create',
  'routing.update',
  'trunks.list',
  'leads.add',
] as const;
export type EndpointName = (typeof ENDPOINT_NAMES)[number];
