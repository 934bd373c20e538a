import type { CallOrder, CallState } from '../port';

/** One request of a carrier to a callback route. */
export interface CallbackRequest {
  readonly method: 'GET' | 'POST';
  /** The URL that the carrier was given, with its query as it came: the public one, which signatures cover, and never built from `Host`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, read as UTF-8; "" without one. */
  readonly body: string;
}

/**
 * What a request proves. `message`: the signature covers all that is read. `address`: it covers the URL alone. `none`: the carrier
 * signs nothing, so the secret path is all there is. `stale`: signed, and too old or of the future. `wrong`: not the carrier's.
 */
export type Proof = 'message' | 'address' | 'none' | 'stale' | 'wrong';

/** What signatures are checked with. */
export interface CallbackKeys {
  /** A stored field of the connection; "" when it has none. */
  readonly field: (name: string) => string;
  /** With which the media gateway signs; null: it does not. */
  readonly gatewaySecret: string | null;
  /** Epoch ms. */
  readonly now: number;
}

/** How a call stands, as a callback tells it. */
export interface HeardCall {
  readonly state: CallState;
  /** When it came to stand so; null when the carrier does not say, or not in which zone. */
  readonly at: Date | null;
  /** The carrier's id of the call. */
  readonly carrierId: string | null;
  /** Our id of the call, where the carrier repeats it. */
  readonly callId: string | null;
  readonly durationSeconds: number | null;
  /** Why it failed, in the carrier's words. */
  readonly reason: string | null;
}

/** What is said to the carrier of an answered call. */
export type Handover = Pick<CallOrder, 'callId' | 'mediaUrl' | 'parameters'>;

export interface AnswerDocument {
  readonly contentType: string;
  readonly body: string;
}

/** The fields of a request by name, of its query and its body; JSON keeps its shape. */
export type CallbackFields = Readonly<Record<string, unknown>>;

/** How a carrier calls back. */
export interface CallbackSpec {
  readonly prove: (request: CallbackRequest, keys: CallbackKeys) => Proof;
  /** Null when the request does not tell how the call stands. */
  readonly hear: (fields: CallbackFields) => HeardCall | null;
  /** Leads the answered call to the media endpoint. */
  readonly handOver: (handover: Handover, fields: CallbackFields) => AnswerDocument;
  /** Ends the call that asks. */
  readonly hangUp: AnswerDocument;
  /** That a state was heard. */
  readonly acknowledgement: AnswerDocument;
}

export const asXml = (body: string): AnswerDocument => ({ contentType: 'text/xml; charset=utf-8', body });
export const asJson = (value: unknown): AnswerDocument => ({
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});
/** Carriers that read nothing of it. */
export const NOTHING: AnswerDocument = { contentType: 'text/plain; charset=utf-8', body: '' };
