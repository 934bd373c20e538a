import type { ConnectionId, DidKey, PartnerId } from '../ids';
import type { Labels } from '../labels';
import type { Restraint } from './restraints';

/** What a pause covers. Null of each: any. All null: everything of the partner. */
export interface PauseScope {
  readonly connectionId: ConnectionId | null;
  readonly key: DidKey | null;
  /** Declarations that have all of these. */
  readonly labels: Labels | null;
}

export interface Pause extends PauseScope {
  readonly id: string;
  readonly partnerId: PartnerId;
  readonly reason: string;
  /** The API key, or `admin`. */
  readonly actor: string;
  /** Epoch ms, store's clock. */
  readonly begunAt: number;
  /** When it ends by itself. */
  readonly until: number;
  /** When it was ended before that; null: it was not. */
  readonly endedAt: number | null;
}

/** How long a pause may last at most: what is left alone for longer is better declared `observe`. */
export const LONGEST_PAUSE_MS = 90 * 86_400_000;

export const covers = (
  { connectionId, key, labels }: PauseScope,
  number: { readonly connectionId: ConnectionId; readonly key: DidKey; readonly labels: Labels },
): boolean =>
  (connectionId === null || connectionId === number.connectionId) &&
  (key === null || key === number.key) &&
  (labels === null || Object.entries(labels).every(([name, value]) => number.labels[name] === value));

/** A pause as far as one number goes. */
export type PauseOfNumber = Pick<Pause, 'reason' | 'begunAt' | 'until' | 'endedAt'>;

/** The times in which it kept Dialtone from writing. */
export const pausedSpan = ({
  begunAt,
  until,
  endedAt,
}: PauseOfNumber): { readonly since: number; readonly until: number } => ({
  since: begunAt,
  until: Math.min(until, endedAt ?? until),
});

export const standingPauses = (pauses: readonly PauseOfNumber[], now: number): readonly Restraint[] =>
  pauses
    .filter(({ until, endedAt }) => endedAt === null && until > now)
    .map(({ reason, begunAt, until }) => ({ reason: 'paused', why: reason, since: begunAt, until }));
