import { type QuietHours, quietUntil } from './quiet-hours';

/** How a receiver wants to hear of a group; the words are those of Alertmanager. All times in ms. */
export interface Rhythm {
  /** From the first notice of a group to its first message. */
  readonly groupWaitMs: number;
  /** Between two messages of a group. */
  readonly groupIntervalMs: number;
  /** Until what is still broken is told again; 0: never. */
  readonly repeatIntervalMs: number;
  readonly quietHours: QuietHours | null;
}

/**
 * `waiting`: not told yet. `told`: told, and still broken. `ended`: told, and over since.
 */
export type NoticeStep = 'waiting' | 'told' | 'ended';

export interface Notice {
  readonly id: string;
  readonly step: NoticeStep;
  /** From when on it counts, in epoch ms. */
  readonly dueAt: number;
}

export interface Group {
  readonly createdAt: number;
  readonly lastSentAt: number | null;
  readonly notices: readonly Notice[];
}

export type GroupPlan =
  /** Nothing to say before then; null: not before another event. */
  | { readonly kind: 'wait'; readonly until: number | null }
  /** There is something to say after the quiet hours. */
  | { readonly kind: 'hold'; readonly until: number }
  | {
      readonly kind: 'send';
      readonly broken: readonly string[];
      readonly ended: readonly string[];
      /** All of it was told before. */
      readonly isRepeat: boolean;
    }
  /** Nothing is left of it. */
  | { readonly kind: 'forget' };

const isNever = (at: number): boolean => at === Number.POSITIVE_INFINITY;
const earliestOf = (times: readonly number[]): number => Math.min(Number.POSITIVE_INFINITY, ...times);

const repeatAt = ({ lastSentAt, notices }: Group, { repeatIntervalMs }: Rhythm): number =>
  repeatIntervalMs > 0 && lastSentAt !== null && notices.some(({ step }) => step === 'told')
    ? lastSentAt + repeatIntervalMs
    : Number.POSITIVE_INFINITY;

/** What there is to say now, and when there will be something next, if nothing happens. */
const sayable = (
  group: Group,
  rhythm: Rhythm,
  now: number,
): { readonly plan: GroupPlan | null; readonly next: number } => {
  const idsOf = (wanted: (notice: Notice) => boolean): string[] => group.notices.filter(wanted).map(({ id }) => id);
  const fresh = idsOf(({ step, dueAt }) => step === 'waiting' && dueAt <= now);
  const ended = idsOf(({ step }) => step === 'ended');
  const again = repeatAt(group, rhythm);
  const isRepeat = fresh.length === 0 && ended.length === 0;
  if (isRepeat && again > now) {
    const dues = group.notices.filter(({ step }) => step === 'waiting').map(({ dueAt }) => dueAt);
    return { plan: null, next: earliestOf([...dues, again]) };
  }
  const broken = isRepeat ? idsOf(({ step }) => step === 'told') : fresh;
  return { plan: { kind: 'send', broken, ended, isRepeat }, next: now };
};

/** What to do about a group now. Pure: the same group, rhythm and time give the same plan. */
export const planGroup = (group: Group, rhythm: Rhythm, now: number): GroupPlan => {
  const { createdAt, lastSentAt, notices } = group;
  const earliest = lastSentAt === null ? createdAt + rhythm.groupWaitMs : lastSentAt + rhythm.groupIntervalMs;
  if (notices.length === 0) return now >= earliest ? { kind: 'forget' } : { kind: 'wait', until: earliest };
  const { plan, next } = sayable(group, rhythm, now);
  if (plan === null || now < earliest) {
    const until = Math.max(earliest, next);
    return { kind: 'wait', until: isNever(until) ? null : until };
  }
  const quiet = rhythm.quietHours === null ? null : quietUntil(rhythm.quietHours, now);
  return quiet === null ? plan : { kind: 'hold', until: quiet };
};
