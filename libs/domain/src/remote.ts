import type { DidKey } from './ids';

/**
 * What VoiceLink lists, decoded leniently (VoiceLink upstream notes §5-§8). Absent, null, 0 and "" ids are
 * all `null` here; 0/1/"0"/"1"/true/false are booleans, and `null` where the upstream did not say.
 * `raw` is the record as received, for pass-through and for read-modify-write.
 */
export interface RemoteRecord {
  readonly raw: Readonly<Record<string, unknown>>;
  /** `raw` as JSON, where it is kept as such. No own property: what is made of a record has none. */
  readonly rawText?: string;
}

/** A listed record, some of whose facts may be unknown. */
export interface RemoteRow<Fact extends string> extends RemoteRecord {
  /**
   * Facts whose value came in a form that is not understood. Each is null here as well, and null then means unknown, not
   * absent. Left out when there are none.
   */
  readonly unreadable?: readonly Fact[];
}

/** The facts of a row that may be unreadable. */
export type UnreadableFact<Row> = Row extends RemoteRow<infer Fact> ? Fact : never;

export interface RemoteClient extends RemoteRecord {
  readonly id: number;
  readonly username: string | null;
  readonly active: boolean | null;
}

/** `expiry`: `isExpired` and `expiresAt` leave open whether it is expired. */
export interface RemoteDid extends RemoteRow<'didId' | 'clientId' | 'expiry'> {
  readonly key: DidKey;
  /** The id that map-did and call routing take: `did_id`, else `id`. */
  readonly didId: number;
  /** Digits as VoiceLink registered them. */
  readonly didNumber: string;
  readonly clientId: number | null;
  /** VoiceLink's own word or code, as text; its value list is unknown. */
  readonly status: string | null;
  readonly isExpired: boolean | null;
  /** Instant (epoch ms) after which the DID is expired, or null when unknown or unbounded. */
  readonly expiresAt: number | null;
}

export interface RemoteBot extends RemoteRow<'name' | 'websocketUrl' | 'clientId' | 'active'> {
  readonly id: number;
  readonly name: string | null;
  readonly websocketUrl: string | null;
  readonly clientId: number | null;
  /** As listed; VoiceLink was seen listing 0 for bots that work. */
  readonly active: boolean | null;
}

type RoutingFact =
  | 'didId'
  | 'forInboundCall'
  | 'forOutboundCall'
  | 'inboundBotId'
  | 'inboundTrunkId'
  | 'outboundBotId'
  | 'outboundTrunkId'
  | 'active';

export interface RemoteRouting extends RemoteRow<RoutingFact> {
  readonly id: number;
  readonly key: DidKey;
  readonly didId: number | null;
  /** 1 mobile, 2 SIP trunk, 3 WebSocket bot; other numbers are kept as they are. */
  readonly forInboundCall: number | null;
  /** 0 unset, 1 mobile, 2 SIP trunk, 3 WebSocket bot, 4 only-answer. */
  readonly forOutboundCall: number | null;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly active: boolean | null;
}

/** Codes of the inbound and outbound mode (VoiceLink upstream notes §8.1). */
export const ROUTE_TO_TRUNK = 2;
export const ROUTE_TO_BOT = 3;
/** Outbound only: the number answers and places no calls. VoiceLink documents no code for "off". */
export const ONLY_ANSWER = 4;
/** Inbound mode of a routing record that Dialtone creates: 1 (mobile), as in the documented examples. */
export const DEFAULT_INBOUND_MODE = 1;
