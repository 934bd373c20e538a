import type { WriteIntent, WriteJournal, WriteTarget } from '../ports/journal';
import type { Clock } from '../ports/clock';
import type { Lease } from '../ports/leases';
import type { UpstreamFailure } from '../ports/upstream';

/** A write is sent this soon after its intent was asked for, or not at all. The hold of an unanswered one starts after that. */
export const SEND_WITHIN_MS = 2_000;

/** From when on a listing proves what became of a write without an answer. Epoch ms, database clock. */
export const inDoubtUntil = ({ startedAt }: { readonly startedAt: number }, inDoubtMs: number): number =>
  startedAt + SEND_WITHIN_MS + inDoubtMs;

/** Among the writes of one DID: it has one routing record, which may have been asked for by id or by number. */
export const isSameAim = (a: WriteTarget, b: WriteTarget): boolean => a === b || (makesRouting(a) && makesRouting(b));
const makesRouting = (target: WriteTarget): boolean => target.startsWith('routing-create:');

/** `sent`: its row of the journal waits for its outcome. `not_sent`: nothing was, and nothing will be. */
export type Journalled<Outcome> =
  | { readonly kind: 'sent'; readonly id: string; readonly outcome: Outcome }
  | { readonly kind: 'not_sent'; readonly why: string };

export interface JournalledWrite<Outcome> {
  readonly intent: WriteIntent;
  /** What the writer holds; the intent is only taken while it does. */
  readonly leases: readonly Lease[];
  readonly send: () => Promise<Outcome>;
}

/** Journal, then send. A throw leaves the row pending, which is the same as no answer to whoever comes next. */
export const sendJournalled = async <Outcome>(
  { journal, now }: { readonly journal: WriteJournal; readonly now: Clock['now'] },
  { intent, leases, send }: JournalledWrite<Outcome>,
): Promise<Journalled<Outcome>> => {
  const askedAt = now();
  const id = await journal.begin(intent, leases);
  if (id === null) return { kind: 'not_sent', why: 'The lease was lost before the write; nothing was sent' };
  // A process that was paused here may wake up when others have waited out the hold and begun anew.
  if (now() - askedAt > SEND_WITHIN_MS) {
    await journal.finish(id, 'failed', { class: 'not_sent' });
    return { kind: 'not_sent', why: 'Too much time passed before the write; nothing was sent' };
  }
  return { kind: 'sent', id, outcome: await send() };
};

/** Why VoiceLink did not do it, as it is kept in the journal. */
export const answerOf = (failure: UpstreamFailure): Readonly<Record<string, unknown>> => ({
  class: failure.class,
  http_status: failure.httpStatus,
  message: failure.message,
});
