import type { DidKey } from '@dialtone/domain';
import type { StoredKey } from '../../ports/key-states';
import type { StallReason } from '../../ports/outcome';
import type { ReadyStart, Timing } from '../../ports/timings';
import type { BindingOutcome } from '../conditions/condition';
import type { ConditionFacts, ConditionTerms } from '../conditions/condition-facts';
import { writesSince } from '../conditions/condition-times';
import { areWritesAllowed } from '../conditions/conditions';
import { isFlapping } from '../flapping';
import type { LockedKey, TransitionScope } from '../locked-key';

/** Times are epoch ms by the store's clock. */
export interface BecameReady {
  readonly key: DidKey;
  /** Since when it had not been READY; null: it never was judged. */
  readonly unreadySince: number | null;
  readonly readyAt: number;
}

/** Null unless a declared number is READY that was not. Of one that flaps nothing is timed: it is READY again and again. */
export const becameReady = (
  { now }: Pick<TransitionScope, 'now'>,
  { stored, readySince = null }: LockedKey,
  after: StoredKey,
): BecameReady | null => {
  const isNew = stored.declared !== null && stored.state !== 'READY' && after.state === 'READY';
  return isNew && !isFlapping(after) ? { key: stored.key, unreadySince: readySince, readyAt: now } : null;
};

/** What a declaration was when its number became READY, and what kept Dialtone from writing until then. */
export interface ReadyFacts extends Pick<ConditionFacts, 'mode' | 'record'>, BecameReady {
  /** Before the reconcile that made it READY has told its outcome. */
  readonly outcome: BindingOutcome;
  /** When its present generation was declared, epoch ms. */
  readonly declaredAt: number;
}

/** Stalls that end with what restrains; `writesSince` dates that. Any other ends with what a person does in VoiceLink. */
const RESTRAINED: readonly (StallReason | null)[] = [
  'WRITES_HELD',
  'PAUSED',
  'WINDOW_CLOSED',
  'MODE_OBSERVE',
  'DISCONNECTED',
];

interface Start {
  readonly start: ReadyStart;
  readonly at: number;
}

/** Another declaration makes its outcome pending; it is fulfilled once it has been settled since. */
const isFulfilled = ({ outcome, record: { outcomeLeft } }: ReadyFacts): boolean =>
  outcome !== 'pending' && (outcome === 'settled' || (outcomeLeft.settled ?? 0) > (outcomeLeft.pending ?? 0));

/** What asked for READY: the declaration, or, when it had been fulfilled, the drift. */
const askedBy = (facts: ReadyFacts): Start =>
  isFulfilled(facts) && facts.unreadySince !== null
    ? { start: 'drift', at: facts.unreadySince }
    : { start: 'declared', at: facts.declaredAt };

/** When a stall of this generation ended; 0: there was none. */
const stallEndedAt = ({ record: { outcomeLeft } }: ReadyFacts): number => {
  const at = outcomeLeft.stalled ?? 0;
  return at > (outcomeLeft.pending ?? Number.POSITIVE_INFINITY) ? at : 0;
};

/** When Dialtone was last let to write again; 0: it always was. */
const allowedAt = (facts: ReadyFacts): number => {
  const since = writesSince(facts);
  return Math.max(stallEndedAt(facts), since > facts.record.placedAt ? since : 0);
};

const waitsForPerson = ({ outcome, record }: ReadyFacts): boolean =>
  outcome === 'stalled' && !RESTRAINED.includes(record.stallReason);

/**
 * How long a number waited for Dialtone until it was READY. The clock starts over whenever Dialtone is let to write again: what a
 * pause, a closed window, a hold, a mode or a person took is not its slowness. Null: Dialtone was not let to write when the number
 * became READY, or waited for a person, so that another made it READY.
 */
export const timeToReady = (
  facts: ReadyFacts,
  terms: Pick<ConditionTerms, 'mode' | 'dryRun'>,
): Extract<Timing, { kind: 'ready' }> | null => {
  if (!areWritesAllowed(facts, terms) || waitsForPerson(facts)) return null;
  const asked = askedBy(facts);
  const allowed = allowedAt(facts);
  const { start, at }: Start = allowed > asked.at ? { start: 'allowed', at: allowed } : asked;
  return { kind: 'ready', start, tookMs: Math.max(0, facts.readyAt - at) };
};
