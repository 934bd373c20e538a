import type { EngineSettings, UpstreamLimits } from '@dialtone/engine';
import { WEBSOCKET_URL } from './population';
import type { ReplicaKind } from './replicas';
import type { RivalKind } from './rivals';
import type { SeasonName } from './seasons';

/** Short, so that a run sees many turns; the in-doubt window covers the upstream's time-out and its latest effect. */
export const SETTINGS: EngineSettings = {
  defaultWebsocketUrl: WEBSOCKET_URL,
  resyncMs: 20_000,
  sweepIntervalMs: 5_000,
  leaseTtlMs: 3_000,
  inDoubtMs: 7_500,
  staleReadsMs: 8_000,
  backoff: { baseMs: 100, capMs: 3_000 },
  verify: { attempts: 3, delayMs: 200 },
  guard: { minimum: 3, percent: 1 },
  losses: { percent: 10, believedAfterMs: 10_000 },
  mode: 'enforce',
  contest: { repairs: 0, windowMs: 60_000 },
  flapping: { returns: 0, windowMs: 30_000 },
  dryRun: false,
  narrowAboveRows: 1_000,
};

export const CHAOS_MS = 25_000;
/** Long enough for repairs that are proven one after another to have had no effect. */
export const RIVALRY_MS = 4 * CHAOS_MS;

/** Few repairs within a time in which they are proven to have had no effect, so that a run sees contests begin and end. */
export const CONTESTED: Partial<EngineSettings> = { contest: { repairs: 2, windowMs: 30_000 }, staleReadsMs: 0 };

/** Few changes, so that a run sees verdicts flap and calm down. */
export const FLAPPING: Partial<EngineSettings> = {
  flapping: { returns: 3, windowMs: 20_000 },
  sweepIntervalMs: 2_000,
  staleReadsMs: 0,
};

/** Low enough to throttle, and shared by both processes. */
export const LIMITS: UpstreamLimits = { ratePerSecond: 20, burst: 10, writeWaitMs: 1_000 };

/** What a run has besides faults, meddling and kill -9. Nothing is drawn for what it has not. */
export interface SimulatedWorld {
  /** Rows of the lists that cannot be read. */
  readonly hasOddRows?: boolean;
  /** Values of listed rows that cannot be read. */
  readonly hasHalfReadValues?: boolean;
  /** The partner has a second connection on the account. */
  readonly hasTwoConnections?: boolean;
  /** Lists that are empty or shrunken and look complete. */
  readonly hasShortLists?: boolean;
  /** Each process relays events to a broker. */
  readonly hasRelays?: boolean;
  /** Chance that a list which passes for whole lacks a row. */
  readonly shiftRate?: number;
  /** The same for a list of bots soon after one was made, which is the row that it lacks. */
  readonly newBotLostRate?: number;
  /** Lists come from replicas that lag; absent: they show what is. */
  readonly replicas?: ReplicaKind;
  /** Every state of the store is rebuilt from the history, and its partner changes and withdraws declarations at the end. */
  readonly tellsHistory?: boolean;
  /** Something undoes, or swallows, what is written about two numbers. */
  readonly rivals?: RivalKind;
  /** When all is in order, something sets two numbers back, again and again, while processes are killed. */
  readonly blinks?: boolean;
  /** A partner pauses repairs, and a maintenance window keeps them back over a change of the clock. */
  readonly season?: SeasonName;
  readonly settings?: Partial<EngineSettings>;
}
