import {
  closedWindows,
  coversNumber,
  heldWrites,
  pausedSpan,
  standingPauses,
  windowsAt,
  type MaintenanceWindow,
  type Modes,
  type PartnerId,
  type Pause,
  type PauseOfNumber,
  type Restraint,
  type WindowSet,
} from '@dialtone/domain';
import type { NumberSteering } from '../ports/connections';
import type { ConditionRecord } from './conditions/condition-facts';

/** What is stored about the writes of one number. Times are epoch ms, store's clock. */
export interface StoredSteering {
  readonly now: number;
  readonly writesHeld: string | null;
  readonly modes: Pick<Modes, 'partner' | 'connection'>;
  readonly windows: Readonly<Record<WindowSet['level'], readonly MaintenanceWindow[]>>;
  /** The latest that cover the number, ended ones included. */
  readonly pauses: readonly PauseOfNumber[];
}

const windowSets = ({ windows: { partner, connection } }: StoredSteering): readonly WindowSet[] => [
  { level: 'partner', windows: partner },
  { level: 'connection', windows: connection },
];

/** Those of one partner that cover a number of its. */
export const pausesOfNumber = (
  pauses: readonly Pause[],
  partnerId: PartnerId,
  number: Parameters<typeof coversNumber>[1],
): readonly Pause[] => pauses.filter((pause) => pause.partnerId === partnerId && coversNumber(pause, number));

/** What stands beside the modes at that time. */
const standingAt = (stored: StoredSteering): readonly Restraint[] => {
  const closed = closedWindows(windowSets(stored), stored.now);
  return [
    ...(stored.writesHeld === null ? [] : [heldWrites(stored.writesHeld)]),
    ...standingPauses(stored.pauses, stored.now),
    ...(closed === null ? [] : [closed]),
  ];
};

/** For the engine, which decides on it. */
export const steeringOf = (stored: StoredSteering): NumberSteering => ({
  now: stored.now,
  modes: stored.modes,
  standing: standingAt(stored),
});

/** When pauses and windows kept Dialtone from writing lately. */
const restrainedSpans = (stored: StoredSteering): ConditionRecord['restrained'] => {
  const { now } = stored;
  const paused = stored.pauses
    .map(pausedSpan)
    .map((span) => ({ ...span, until: span.until > now ? null : span.until }));
  const { closedBy, since } = windowsAt(windowSets(stored), now);
  if (closedBy !== null) return [...paused, { since: since ?? 0, until: null }];
  // How long they had been closed before they opened does not matter.
  return since === null ? paused : [...paused, { since: since - 1, until: since }];
};

/** For the conditions, which tell and date it. */
export const steeringRecord = (stored: StoredSteering): Pick<ConditionRecord, 'modes' | 'standing' | 'restrained'> => ({
  modes: stored.modes,
  standing: standingAt(stored),
  restrained: restrainedSpans(stored),
});
