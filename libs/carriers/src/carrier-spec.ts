import type { CallbackSpec } from './callbacks/callback';
import type { Dialling } from './http/carrier-http';
import type { Carrier } from './port';
import type { HostState } from './sip/host-check';

/** The media gateway that places SIP calls: operator settings. */
export interface SipGateway {
  readonly kind: 'jambonz';
  readonly url: string;
  readonly account: string;
  readonly key: string;
  /** Whether numbers are dialled with a leading plus; trunks differ. */
  readonly leadingPlus: boolean;
}

/** What a carrier is opened with. */
export interface OpenParts {
  /** A stored field as text; "" when the connection has none. */
  readonly field: (name: string) => string;
  readonly baseUrl: string;
  /** Whether the operator has put another base URL in place of the carrier's. */
  readonly isElsewhere: boolean;
  readonly dialling: Dialling;
  readonly sipGateway: SipGateway | null;
  /** Whether a host that the partner names may be dialled, looked up now. */
  readonly hostState: (hostAndPort: string) => Promise<HostState>;
}

/** One row of the table of carriers. */
export interface CarrierSpec {
  readonly label: string;
  /** The carrier's own base URL for these fields; null where the fields name none that is known. */
  readonly baseUrlOf: (field: OpenParts['field']) => string | null;
  /** The fields that a refusal speaks of; the first one tells accounts apart. */
  readonly login: readonly [string, ...string[]];
  /** Whether `verify` asks the carrier, so that it tells a guesser whether a guess is right. */
  readonly isGuessable: boolean;
  readonly callbacks: CallbackSpec;
  /** Sends nothing. */
  readonly open: (parts: OpenParts) => Carrier;
}
