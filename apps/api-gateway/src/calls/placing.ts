import type { CallHandover, CallVariables, NewCall } from '@dialtone/persistence';
import type { ApiError } from '../http/errors/api-error';

/** A recorded call, with what only its carrier may know. */
export interface CallToPlace {
  readonly call: NewCall;
  readonly callbackToken: string;
  readonly variables: CallVariables;
}

/** What became of asking a carrier for a call. */
export interface Placed {
  readonly handover: CallHandover;
  /** What the caller of the API is told instead of the call; null: the call. */
  readonly refusal: ApiError | null;
}

/** Asks the carrier for one call, once. Never throws for what a carrier does. */
export type PlaceCall = (order: CallToPlace) => Promise<Placed>;
