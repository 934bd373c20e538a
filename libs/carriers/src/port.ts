import type { CarrierFailure } from './carrier-failure';
import type { InboundPointing } from './pointing/pointing';

export type { CarrierFailure, FailureReason } from './carrier-failure';

/** The carriers that this library speaks to. VoiceLink has a library of its own: its numbers are reconciled. */
export const CARRIER_NAMES = ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube', 'sip'] as const;
export type CarrierName = (typeof CARRIER_NAMES)[number];

/** Whether credentials are good. */
export type Verdict =
  | { readonly kind: 'verified' }
  /** The carrier answered, and does not take them. */
  | { readonly kind: 'refused'; readonly failure: CarrierFailure }
  /** The carrier could not be asked. */
  | { readonly kind: 'unknown'; readonly failure: CarrierFailure }
  /** The carrier has no request that would tell without placing a call. */
  | { readonly kind: 'unverifiable' };

export interface ListedNumber {
  /** The carrier's id of the number, where it has one. */
  readonly id: string | null;
  /** As the carrier spells it. */
  readonly number: string;
  readonly name: string | null;
  /** Whether it can place and take calls; null when the carrier does not say. */
  readonly voice: boolean | null;
  /** The record without secrets. */
  readonly raw: unknown;
}

export type NumberListing =
  /** `complete` false: there are more, and `failure` says why they were not read. */
  | { readonly kind: 'listed'; readonly numbers: readonly ListedNumber[]; readonly complete: true }
  | {
      readonly kind: 'listed';
      readonly numbers: readonly ListedNumber[];
      readonly complete: false;
      readonly failure: CarrierFailure;
    }
  /** The carrier has no list. */
  | { readonly kind: 'unsupported' };

/** One call to place. */
export interface CallOrder {
  /** Our id of the call: comes back in every callback, whatever the carrier calls it. */
  readonly callId: string;
  /** The caller id as the partner wrote it, and in E.164. */
  readonly callerId: string;
  readonly from: string;
  /** E.164. */
  readonly to: string;
  /** How long it may ring, seconds. */
  readonly ringSeconds: number;
  /** Where the carrier asks what to do with the answered call, and where it tells how the call goes. Public https URLs. */
  readonly answerUrl: string;
  readonly statusUrl: string;
  /** The agent's media endpoint, wss without a query. */
  readonly mediaUrl: string;
  /** Handed on to the media endpoint. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What became of asking for one call. Only `refused` proves that no phone rings. */
export type Placement =
  | { readonly kind: 'accepted'; readonly carrierId: string; readonly raw: unknown }
  | { readonly kind: 'refused'; readonly failure: CarrierFailure }
  /** A phone may ring, now or later. Never repeat it. */
  | { readonly kind: 'unknown'; readonly failure: CarrierFailure };

export const CALL_STATES = [
  'pending',
  'ringing',
  'in_progress',
  'completed',
  'busy',
  'no_answer',
  'canceled',
  'failed',
] as const;
export type CallState = (typeof CALL_STATES)[number];

export type CallReading =
  | {
      readonly kind: 'known';
      readonly state: CallState;
      readonly durationSeconds: number | null;
      /** Why it failed, in the carrier's words. */
      readonly reason: string | null;
      readonly raw: unknown;
    }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly failure: CarrierFailure };

export type Ending =
  | { readonly kind: 'ended' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly failure: CarrierFailure };

/** One account at a carrier. No method rejects for what a carrier does; each sends a request at most once. */
export interface Carrier {
  /** Places no call and changes nothing. */
  verify(): Promise<Verdict>;
  /** Reads all pages. */
  listNumbers(): Promise<NumberListing>;
  /** Asks for one call, once. Calling it again rings again. */
  placeCall(order: CallOrder): Promise<Placement>;
  /** `carrierId` as `placeCall` told it. */
  readCall(carrierId: string): Promise<CallReading>;
  endCall(carrierId: string): Promise<Ending>;
  /** Absent where the carrier's API does not say where inbound calls go (`POINTING_CARRIERS`). */
  readonly inbound?: InboundPointing;
}

/** The stored fields of a connection, by name. */
export type CarrierCredentials = Readonly<Record<string, string | readonly string[]>>;

/** What a carrier's row in the table needs to open an account. */
export interface CarrierAccess {
  /** What the partner chose among the URLs that the deployment allows; null: the carrier's own. */
  readonly baseUrl: string | null;
  readonly credentials: CarrierCredentials;
}
