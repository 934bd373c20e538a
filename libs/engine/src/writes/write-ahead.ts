import type { WriteIntent, WriteJournal, WriteTarget } from '../ports/journal';
import type { Clock } from '../ports/clock';
import type { Lease } from '../ports/leases';
import type { UpstreamFailure } from '../ports/upstream';
import { SHORTLY_MS, waiting, type Waiting } from './step-result';

/** A write is sent this soon after its intent was asked for, or not at all: the in-doubt window of an unanswered write starts then. */
export const SEND_WITHIN_MS = 2_000;

/** A listing begun after this time proves what became of an unanswered write. Epoch ms, database clock. */
export const inDoubtUntil = ({ startedAt }: { readonly startedAt: number }, inDoubtMs: number): number =>
  startedAt + SEND_WITHIN_MS + inDoubtMs;

/** Compares writes of one DID. It has one routing record, which may have been asked for by id or by number. */
export const isSameAim = (a: WriteTarget, b: WriteTarget): boolean => a === b || (makesRouting(a) && makesRouting(b));
const makesRouting = (target: WriteTarget): boolean => target.startsWith('routing-create:');

/** `sent`: its journal row waits for the outcome. `waiting`: nothing was sent, and nothing will be. */
export type Journalled<Outcome> = { readonly kind: 'sent'; readonly id: string; readonly outcome: Outcome } | Waiting;

export interface JournalledWrite<Outcome> {
  readonly intent: WriteIntent;
  /** The writer's leases; the intent is accepted only while it holds them. */
  readonly leases: readonly Lease[];
  readonly send: () => Promise<Outcome>;
}

/** Journal, then send. A throw leaves the row pending, which later readers treat as no answer. */
export const sendJournalled = async <Outcome>(
  { journal, now }: { readonly journal: WriteJournal; readonly now: Clock['now'] },
  { intent, leases, send }: JournalledWrite<Outcome>,
): Promise<Journalled<Outcome>> => {
  const askedAt = now();
  const id = await journal.begin(intent, leases);
  if (id === null) return waiting(SHORTLY_MS, 'The lease was lost before the write; nothing was sent');
  // A process that was paused here may wake up after others have waited out the in-doubt window and begun anew.
  if (now() - askedAt > SEND_WITHIN_MS) {
    await journal.finish(id, 'failed', { class: 'not_sent' });
    return waiting(SHORTLY_MS, 'Too much time passed before the write; nothing was sent');
  }
  return { kind: 'sent', id, outcome: await send() };
};

/** Why VoiceLink did not do it, as the journal keeps it. */
export const answerOf = (failure: UpstreamFailure): Readonly<Record<string, unknown>> => ({
  class: failure.class,
  http_status: failure.httpStatus,
  message: failure.message,
});
