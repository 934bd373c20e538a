import type { CarrierFailure } from '../carrier-failure';

/** Carriers whose API says where the inbound calls of a number go. At the others a person says it in the carrier's panel. */
export const POINTING_CARRIERS = ['twilio', 'plivo', 'vobiz'] as const;
export type PointingCarrier = (typeof POINTING_CARRIERS)[number];

/** Where the inbound calls of one number go: the carrier's own fields that decide it. Null: the field is empty. */
export type Pointer = Readonly<Record<string, string | null>>;

export const isSamePointer = (one: Pointer, other: Pointer): boolean => textOf(one) === textOf(other);

const textOf = (pointer: Pointer): string =>
  JSON.stringify(Object.entries(pointer).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Where we want inbound calls to go. */
export interface InboundTarget {
  /** Of the application that holds the URL, at carriers that have such: the same for all numbers of a connection. */
  readonly name: string;
  /** Public https URL. */
  readonly url: string;
}

/** `id`: what the carrier calls the number in a path. */
export type PointerReading =
  | { readonly kind: 'read'; readonly id: string; readonly pointer: Pointer }
  /** The account has no such number. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: CarrierFailure };

/** `refused` proves that nothing was done; after `unknown`, look before you write again. */
type Undone = { readonly kind: 'refused' | 'unknown'; readonly failure: CarrierFailure };
export type PreparedTarget = { readonly kind: 'ready'; readonly pointer: Pointer } | Undone;
export type PointerWrite = { readonly kind: 'written' } | Undone;

/** Points numbers of one account. No method rejects for what a carrier does; each sends a request that changes something at most once. */
export interface InboundPointing {
  /** `number`: E.164. Changes nothing. */
  read(number: string): Promise<PointerReading>;
  /** For people, without secrets: URLs without user, query and whatever looks like a token. Null: calls go nowhere. Changes nothing. */
  describe(pointer: Pointer): Promise<string | null>;
  /** What a number has that points at the target. Makes or corrects the application that holds its URL; one that there is already is found by its name. */
  prepare(target: InboundTarget): Promise<PreparedTarget>;
  /** `from`: what was read. */
  write(change: { readonly id: string; readonly from: Pointer; readonly to: Pointer }): Promise<PointerWrite>;
}
