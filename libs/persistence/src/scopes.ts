/** What an API key may be allowed to do. */
export const SCOPES = [
  'bindings:read',
  'bindings:write',
  'readiness:read',
  'connections:read',
  'connections:write',
  'voicelink:read',
  'voicelink:write',
  'phone-numbers:read',
  'phone-numbers:write',
  'agents:read',
  'agents:write',
  'calls:read',
  'calls:write',
  'events:read',
  'webhooks:read',
  'webhooks:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Grants everything that the partner may do, including scopes that are added later. */
export const ALL_SCOPES = '*';
export type GrantedScope = Scope | typeof ALL_SCOPES;
