import type { Provider } from './provider';

export interface PhoneNumber {
  readonly id: string;
  /** Digits with the country code, without a plus. */
  readonly number: string;
  readonly name: string;
  readonly voice: boolean;
  /** Where calls to it go, in the carrier's own field names. */
  pointsTo: Readonly<Record<string, string>>;
}

/** A set of URLs that numbers point to, at Plivo and Vobiz. */
export interface Application {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What a customer sets up in the carrier's panel, not by API: where webhooks go, what tells the media endpoint. */
export interface Portal {
  /** Smartflo: every trigger goes here. */
  readonly webhook_url?: string;
  /** Smartflo and Exotel: asked for the media endpoint of an answered call. */
  readonly resolver_url?: string;
  /** Exotel: in which form callbacks come. */
  readonly callback_encoding?: string;
  /** jambonz: what hooks are signed with; without it they are not signed. */
  readonly webhook_secret?: string;
  /** Calls at a time; more are refused. */
  readonly concurrency?: string;
}

/** One customer of one carrier. */
export interface Account {
  readonly provider: Provider;
  /** What tells it apart from others of its carrier, and is no secret: a SID, an auth id, an e-mail address. */
  readonly key: string;
  /** By the names of the fields of a connection. */
  readonly credentials: Readonly<Record<string, string>>;
  numbers: PhoneNumber[];
  applications: Application[];
  portal: Portal;
  isSuspended: boolean;
}

/** Fields that are secret, and must be in no journal. */
export const SECRET_NAME = /password|secret|token|api_key|authorization|gateway_key/i;

export const secretsOf = (account: Account): readonly string[] => [
  ...Object.entries(account.credentials).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : [])),
  ...(account.portal.webhook_secret === undefined ? [] : [account.portal.webhook_secret]),
];
