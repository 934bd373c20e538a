import type { Account, PhoneNumber } from '../world/account';
import type { Call, Handover } from '../world/call';
import type { Provider } from '../world/provider';
import type { World } from '../world/world';
import type { Answer, Failure } from '../wire/answer';
import type { CarrierRequest } from '../wire/request';

/** The lives of calls, as far as requests touch them. */
export interface Switchboard {
  /** Records an outbound call that was asked for, and lets it take its course. */
  place(account: Account, order: Pick<Call, 'id' | 'otherId' | 'from' | 'to' | 'asked' | 'cause'>): Call;
  /** False when the call is over already. */
  end(call: Call): boolean;
  /** Epoch ms. */
  now(): number;
}

export interface Exchange {
  readonly request: CarrierRequest;
  /** Decoded parts of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly world: World;
  readonly account: Account;
  readonly switchboard: Switchboard;
}

/** One request that a carrier understands. */
export interface Endpoint {
  /** Below the carrier's name: "calls.place". */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:name` stands for one part. */
  readonly path: string;
  /** Asked before the request is answered; null: the credentials are wrong. */
  readonly authenticate?: (parts: Omit<Exchange, 'account'>) => Account | null;
  readonly answer: (exchange: Exchange) => Answer;
}

/** One request that the carrier makes to its customer's server. */
export interface Message {
  /** `answer`: asks what to do with the answered call. */
  readonly purpose: 'answer' | 'status';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly encoding: 'form' | 'json' | 'multipart';
  readonly fields: Readonly<Record<string, unknown>>;
  /** Made from the bytes that are sent. */
  readonly sign: (sent: { readonly url: string; readonly body: string }) => Readonly<Record<string, string>>;
  /** Reads the document that answers; absent when nothing is made of it. */
  readonly read?: (text: string) => Handover | null;
}

/** One carrier: its requests, its words for failures, and what it tells of calls. */
export interface CarrierModel {
  readonly provider: Provider;
  readonly endpoints: readonly Endpoint[];
  /** Whether the credentials of a request are those of an account. */
  readonly authenticate: (parts: Omit<Exchange, 'account'>) => Account | null;
  readonly fail: (failure: Failure) => Answer;
  /** A refusal that comes with 200, where the carrier is known to do that. */
  readonly failQuietly: (message: string) => Answer;
  /** What is sent when the call has come to its phase. */
  readonly messages: (call: Call, account: Account, world: World) => readonly Message[];
  /**
   * What a call to this number asks of the customer's server, in the names that a placed call has; null: the number points nowhere.
   * Absent: calls to numbers are not imitated.
   */
  readonly inboundOf?: (number: PhoneNumber, account: Account) => Readonly<Record<string, string>> | null;
  /** What the answered call is to do, where the request already said it. */
  readonly handoverIn?: (call: Call) => Handover | null;
}

export const unsigned: Message['sign'] = () => ({});
