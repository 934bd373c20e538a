import { failureOf } from '../http/outcomes';
import type { CarrierFailure } from '../port';
import { withShownUrls } from './shown-url';
import { isSamePointer, type InboundPointing, type InboundTarget, type Pointer } from './pointing';

/** What is known of one number when its turn comes. */
export interface PointingPlan {
  readonly wish: 'point' | 'give_back';
  /** E.164. */
  readonly number: string;
  /** What was there before we changed anything, as its partner was told. Null: not looked yet. */
  readonly before: Pointer | null;
  /** What we began to write, the last one last. Empty: nothing was changed. */
  readonly ours: readonly Pointer[];
  readonly target: InboundTarget;
}

export type PointingNote =
  /** What is there now. It is told before anything is changed, so that nothing was written in this turn. */
  | { readonly kind: 'told'; readonly before: Pointer; readonly shown: string | null }
  | { readonly kind: 'pointed' }
  /** `isKept`: somebody else has changed it since, and keeps that. */
  | { readonly kind: 'released'; readonly isKept: boolean }
  /** To be tried again: nothing was done, or what was done will be looked at. */
  | { readonly kind: 'pending'; readonly failure: CarrierFailure }
  /** Somebody has to do something. */
  | { readonly kind: 'failed'; readonly failure: CarrierFailure };

/** Writes down what is about to be written; false: the number is another process's by now. */
export type Begin = (ours: Pointer) => Promise<boolean>;

const ABSENT = failureOf('not_found', null, 'the account of this connection has no such number');

const TRIED_AGAIN: readonly CarrierFailure['reason'][] = ['unavailable', 'rate_limited'];

const undone = (failure: CarrierFailure): PointingNote => ({
  kind: TRIED_AGAIN.includes(failure.reason) ? 'pending' : 'failed',
  failure: shown(failure),
});

/** A carrier may quote any of the URLs that it knows, and tokens are in most. */
const shown = (failure: CarrierFailure): CarrierFailure => ({ ...failure, message: withShownUrls(failure.message) });

type Undone = { readonly kind: 'refused' | 'unknown'; readonly failure: CarrierFailure };
const noteOf = ({ kind, failure }: Undone): PointingNote =>
  kind === 'unknown' ? { kind: 'pending', failure: shown(failure) } : undone(failure);

/** Looks at what is there, and changes nothing. */
export const lookBeforePointing = async (pointing: InboundPointing, number: string): Promise<PointingNote> => {
  const reading = await pointing.read(number);
  if (reading.kind === 'failed') return undone(reading.failure);
  if (reading.kind === 'absent') return { kind: 'failed', failure: ABSENT };
  return told(pointing, reading.pointer);
};

const told = async (pointing: InboundPointing, before: Pointer): Promise<PointingNote> => ({
  kind: 'told',
  before,
  shown: await pointing.describe(before),
});

/**
 * One turn: looks, then changes at most one thing. Each turn looks anew, so that one whose outcome is not known is settled by what is
 * there. Null: the number became another process's.
 */
export const takePointingTurn = async (
  pointing: InboundPointing,
  plan: PointingPlan,
  begin: Begin,
): Promise<PointingNote | null> => {
  if (plan.wish === 'give_back' && plan.ours.length === 0) return { kind: 'released', isKept: false };
  const reading = await pointing.read(plan.number);
  if (reading.kind === 'failed') return undone(reading.failure);
  if (reading.kind === 'absent')
    return plan.wish === 'give_back' ? { kind: 'released', isKept: true } : { kind: 'failed', failure: ABSENT };
  const { id, pointer } = reading;
  return plan.wish === 'point'
    ? point(pointing, plan, { id, from: pointer, begin })
    : giveBack(pointing, plan, { id, from: pointer });
};

interface Found {
  readonly id: string;
  readonly from: Pointer;
}

const point = async (
  pointing: InboundPointing,
  { before, ours, target }: PointingPlan,
  { id, from, begin }: Found & { readonly begin: Begin },
): Promise<PointingNote | null> => {
  const isOurs = ours.some((one) => isSamePointer(one, from));
  // What its partner was not told of yet is told first, also when somebody changed it since.
  if (before === null || (!isOurs && !isSamePointer(before, from))) return told(pointing, from);
  const prepared = await pointing.prepare(target);
  if (prepared.kind !== 'ready') return noteOf(prepared);
  if (isSamePointer(prepared.pointer, from)) return { kind: 'pointed' };
  if (!(await begin(prepared.pointer))) return null;
  const written = await pointing.write({ id, from, to: prepared.pointer });
  return written.kind === 'written' ? { kind: 'pointed' } : noteOf(written);
};

const giveBack = async (
  pointing: InboundPointing,
  { before, ours }: PointingPlan,
  { id, from }: Found,
): Promise<PointingNote> => {
  if (before === null || !ours.some((one) => isSamePointer(one, from)))
    return { kind: 'released', isKept: before !== null && !isSamePointer(before, from) };
  const written = await pointing.write({ id, from, to: before });
  return written.kind === 'written' ? { kind: 'released', isKept: false } : noteOf(written);
};
