import type { ConnectionId, DidKey } from '@dialtone/domain';
import { inDoubtUntil, isSameAim, sendJournalled } from './write-ahead';
import type { Clock } from '../ports/clock';
import type { UnresolvedWrite, WriteJournal, WriteTarget } from '../ports/journal';
import type { Lease } from '../ports/leases';
import type { VoiceLinkConnections } from '../ports/connections';
import type { StoreClock } from '../ports/store-clock';
import type { EngineSettings } from '../ports/settings';

/** A write that a caller specified in full, as opposed to a planned step. */
export interface PassedOnWrite {
  readonly connectionId: ConnectionId;
  /** Null: it concerns no number, or it is not known which. */
  readonly key: DidKey | null;
  /** Id of the partner's API key. */
  readonly actor: string;
  readonly requestId: string;
  readonly target: WriteTarget;
  /** As it is sent, without secrets. */
  readonly body: Readonly<Record<string, unknown>>;
  /** As of `WriteIntent`. */
  readonly before?: Readonly<Record<string, unknown>> | null;
}

/** `busy`: nothing was sent, since the same may still come of an earlier create, or the lease was lost. */
export type PassedOnOutcome<Outcome> =
  | { readonly kind: 'sent'; readonly id: string; readonly outcome: Outcome }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

export interface PassedOnWritesDeps {
  readonly journal: WriteJournal;
  readonly connections: Pick<VoiceLinkConnections, 'unmarkMisreportedBots'>;
  readonly storeClock: StoreClock;
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Pick<EngineSettings, 'inDoubtMs'>;
}

const SHORTLY_MS = 5_000;
/** Repeating one of these leaves two records, or at least a wrong answer. */
const CREATE = /^(?:client|bot|routing)-create:/;
const BOT_UPDATE = /^bot-update:(\d+)$/;

/**
 * Sends callers' requests unchanged, under the journal of the loops: each write has its row before it is sent, inserted only
 * under a lease that is still held, and one without an answer excludes another create of the same, whichever caller asks. Updates
 * are not excluded: repeating one does no harm. A guard's hold does not stop them: it stops what Dialtone decides.
 */
export class PassedOnWrites {
  constructor(private readonly deps: PassedOnWritesDeps) {}

  /** `close` has to follow with what came of it; without, it counts as not answered. */
  async send<Outcome>(
    write: PassedOnWrite,
    lease: Lease,
    send: () => Promise<Outcome>,
  ): Promise<PassedOnOutcome<Outcome>> {
    const waitMs = await this.blockedForMs(write);
    if (waitMs > 0) return { kind: 'busy', retryAfterMs: waitMs };
    const { journal, clock } = this.deps;
    const intent = { ...write, bindingId: null, generation: 0, step: 'request' } as const;
    const now = (): number => clock.now();
    const journalled = await sendJournalled({ journal, now }, { intent, leases: [lease], send });
    return journalled.kind === 'sent' ? journalled : { kind: 'busy', retryAfterMs: SHORTLY_MS };
  }

  /** `answer` is kept as it is: it must hold no secret. */
  async close(
    { connectionId, target }: PassedOnWrite,
    id: string,
    {
      state,
      answer,
    }: { readonly state: 'done' | 'failed' | 'unknown'; readonly answer: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    const { journal, connections, storeClock } = this.deps;
    await journal.finish(id, state, answer);
    const botId = BOT_UPDATE.exec(target)?.[1];
    if (botId === undefined || state === 'failed') return;
    // Its status is what the caller said now; whether the list is wrong about that is not known yet.
    await connections.unmarkMisreportedBots(connectionId, [Number(botId)], await storeClock.time());
  }

  private async blockedForMs(write: PassedOnWrite): Promise<number> {
    if (!CREATE.test(write.target)) return 0;
    const { settings, storeClock } = this.deps;
    const inDoubtEnd = (await this.earlier(write)).map((row) => inDoubtUntil(row, settings.inDoubtMs));
    return inDoubtEnd.length === 0 ? 0 : Math.max(...inDoubtEnd) - (await storeClock.time());
  }

  private async earlier({ connectionId, key, target }: PassedOnWrite): Promise<readonly UnresolvedWrite[]> {
    const { journal } = this.deps;
    const same = await journal.unresolved(connectionId, target);
    if (key === null) return same;
    return [
      ...same,
      ...(await journal.unresolvedOfKey(connectionId, key)).filter((row) => isSameAim(row.target, target)),
    ];
  }
}
