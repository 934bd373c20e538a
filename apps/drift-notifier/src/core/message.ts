import type { GroupLabels, Incident } from './incident';

/** Of one group. Lists are cut to what is shown; the counts are of all. */
export interface MessagePart {
  readonly kind: Incident['kind'];
  readonly labels: GroupLabels;
  readonly broken: readonly Incident[];
  readonly brokenCount: number;
  readonly ended: readonly Incident[];
  readonly endedCount: number;
  /** Told before, and still broken; not among `broken` unless this is a repeat. */
  readonly stillBroken: number;
  readonly isRepeat: boolean;
}

/** What one post says. */
export interface Message {
  /** After quiet hours. */
  readonly isSummary: boolean;
  readonly parts: readonly MessagePart[];
}

export interface PartInput {
  readonly labels: GroupLabels;
  readonly broken: readonly Incident[];
  readonly ended: readonly Incident[];
  readonly stillBroken: number;
  readonly isRepeat: boolean;
}

const bySince = (a: Incident, b: Incident): number =>
  a.since === b.since ? Number(a.id > b.id) - Number(a.id < b.id) : a.since < b.since ? -1 : 1;

/** A group may hold drifts and calls: they are told apart. The oldest are shown. */
export const messageParts = (input: PartInput, maxShown: number): readonly MessagePart[] =>
  (['drift', 'call'] as const).flatMap((kind) => {
    const broken = input.broken.filter((one) => one.kind === kind).sort(bySince);
    const ended = input.ended.filter((one) => one.kind === kind).sort(bySince);
    if (broken.length + ended.length === 0) return [];
    return [
      {
        kind,
        labels: input.labels,
        broken: broken.slice(0, maxShown),
        brokenCount: broken.length,
        ended: ended.slice(0, maxShown),
        endedCount: ended.length,
        stillBroken: kind === 'drift' ? input.stillBroken : 0,
        isRepeat: input.isRepeat,
      },
    ];
  });
