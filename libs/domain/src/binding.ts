import type { AgentId, BindingId, ConnectionId, DidKey, PartnerId } from './ids';

/**
 * `enforce` repairs what it may; `create-only` makes what is missing and changes nothing that exists; `observe` only reports. The
 * verdict is the same in all.
 */
export const BINDING_MODES = ['enforce', 'create-only', 'observe'] as const;
export type BindingMode = (typeof BINDING_MODES)[number];

/**
 * What becomes of a number when its declaration is withdrawn. `keep`: nothing is undone. `unassign_agent`: the inventory names no
 * agent any more. `outbound_off`: VoiceLink places no calls from it any more.
 */
export const RELEASE_POLICIES = ['keep', 'unassign_agent', 'outbound_off'] as const;
export type ReleasePolicy = (typeof RELEASE_POLICIES)[number];
/** A policy that leaves something to do. */
export type Release = Exclude<ReleasePolicy, 'keep'>;

/** What a partner declares: this key on this connection belongs to that agent. */
export interface BindingSpec {
  readonly agentId: AgentId;
  /** Map the DID to this client, only while it is unmapped. Never re-maps. */
  readonly clientId: number | null;
  /** Used only when a bot must be created. */
  readonly botName: string | null;
  /** Used only when a bot must be created, and to recognise our own bots; null: the configured endpoint. */
  readonly websocketUrl: string | null;
  readonly mode: BindingMode;
  /** Of a withdrawal that names no other. */
  readonly release: ReleasePolicy;
}

const SPEC_FIELDS: Readonly<Record<keyof BindingSpec, true>> = {
  agentId: true,
  clientId: true,
  botName: true,
  websocketUrl: true,
  mode: true,
  release: true,
};
export const BINDING_SPEC_FIELDS = Object.keys(SPEC_FIELDS) as readonly (keyof BindingSpec)[];

/** Declaring one over the other would change nothing. */
export const sameSpec = (a: BindingSpec, b: BindingSpec): boolean =>
  BINDING_SPEC_FIELDS.every((field) => a[field] === b[field]);

export interface Binding extends BindingSpec {
  readonly id: BindingId;
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  /** Goes up by one with every change of the spec. */
  readonly generation: number;
  /** It is withdrawn, and this is left to do before it ends; absent while it is declared. */
  readonly releasing?: Release;
}
