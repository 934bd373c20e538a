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

const LIST_NAMES: readonly EndpointName[] = [
  'clients.list',
  'dids.purchased',
  'dids.available',
  'bots.list',
  'routing.list',
  'trunks.list',
];
/** Endpoints that answer with a list of records. */
export const LISTS: ReadonlySet<string> = new Set(LIST_NAMES);
