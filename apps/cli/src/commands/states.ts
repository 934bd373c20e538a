import type { ReadinessState } from '@dialtone/client';
import { Failure } from '../failure';

/** The states of a number. It does not compile while one that the API has is missing. */
const KNOWN: Readonly<Record<ReadinessState, true>> = {
  READY: true,
  NOT_IMPORTED: true,
  NO_CLIENT_MAPPING: true,
  NO_BOT: true,
  ROUTING_MISSING: true,
  ROUTING_CHANGED: true,
  NO_VOCOBASE_AGENT: true,
  REMOTE_DID_EXPIRED: true,
  REMOTE_DID_DELETED: true,
  REMOTE_DID_NEVER_SEEN: true,
  UNKNOWN: true,
};
export const STATES = Object.keys(KNOWN) as readonly ReadinessState[];

/** States out of a list with commas, in any case. None: all. */
export const statesIn = (text: string | undefined): readonly ReadinessState[] =>
  (text === undefined ? [] : text.split(',')).map((part) => {
    const name = part.trim().toUpperCase();
    const state = STATES.find((known) => known === name);
    if (state !== undefined) return state;
    throw new Failure(`There is no state "${name}": take some of ${STATES.join(', ')}.`);
  });
