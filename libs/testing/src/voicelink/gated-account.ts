import type { Listing, Section } from '@dialtone/domain';
import type {
  ListFilter,
  ListTurn,
  RateLane,
  UpstreamFailure,
  UpstreamGate,
  VoiceLinkAccount,
  WriteOutcome,
} from '@dialtone/engine';
import { withCalls } from '../engine/with-calls';

const failure = (why: Pick<UpstreamFailure, 'class' | 'httpStatus' | 'retryAfterMs'>): UpstreamFailure => ({
  message: 'listed by a fake',
  ...why,
});

/** `HTTP 429`, or `HTTP 429, 3000 ms` with a Retry-After; any other failure counts as no answer. */
const failureOf = (listing: Listing<unknown>): UpstreamFailure | null => {
  if (listing.status !== 'failed' || listing.unauthorized === true) return null;
  const throttled = /^HTTP 429(?:, (\d+) ms)?$/.exec(listing.message);
  if (throttled === null) return failure({ class: 'unavailable', httpStatus: null, retryAfterMs: null });
  const retryAfterMs = throttled[1] === undefined ? null : Number(throttled[1]);
  return failure({ class: 'rate_limited', httpStatus: 429, retryAfterMs });
};

/** An account whose every call is one request through the gate, as the HTTP client's requests are. */
export const gatedAccount = (account: VoiceLinkAccount, gate: UpstreamGate, lane: RateLane): VoiceLinkAccount => {
  const list: VoiceLinkAccount['list'] = async <S extends Section>(
    section: S,
    filter?: ListFilter,
    turn?: ListTurn,
  ) => {
    turn?.waits();
    const passage = await gate.pass({ lane, endpoint: section, mutating: false, loggedIn: true });
    if (passage.kind === 'throttled') return { status: 'failed', rows: [], message: passage.failure.message };
    turn?.sent();
    const listing = await account.list(section, filter);
    await passage.settle(failureOf(listing));
    return listing;
  };
  const write = async (endpoint: string, send: () => Promise<WriteOutcome>): Promise<WriteOutcome> => {
    const passage = await gate.pass({ lane, endpoint, mutating: true, loggedIn: true });
    if (passage.kind === 'throttled') return { kind: 'refused', failure: passage.failure };
    const outcome = await send();
    await passage.settle(outcome.kind === 'accepted' ? null : outcome.failure);
    return outcome;
  };
  return withCalls<VoiceLinkAccount>(account, {
    currentPause: () => gate.pause(lane),
    list,
    mapDid: (...input) => write('mapDid', () => account.mapDid(...input)),
    createBot: (...input) => write('createBot', () => account.createBot(...input)),
    updateBot: (...input) => write('updateBot', () => account.updateBot(...input)),
    createRouting: (...input) => write('createRouting', () => account.createRouting(...input)),
    updateRouting: (...input) => write('updateRouting', () => account.updateRouting(...input)),
  });
};
