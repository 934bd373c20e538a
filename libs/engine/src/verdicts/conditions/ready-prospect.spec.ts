import type { Condition, ConditionType } from './condition';
import { readyProspect } from './ready-prospect';

type Told = Readonly<
  Partial<Record<ConditionType, readonly [status: Condition['status'], reason?: Condition['reason']]>>
>;

const conditions = (told: Told, observedGeneration: number): readonly Condition[] => {
  const usual: Told = {
    Ready: ['Unknown'],
    Synced: ['Unknown'],
    Progressing: ['True'],
    Stalled: ['False'],
    DataFresh: ['Unknown'],
    WritesAllowed: ['True'],
  };
  return Object.entries({ ...usual, ...told }).map(([type, [status, reason = 'PENDING']]) => ({
    type: type as ConditionType,
    status,
    reason,
    message: '',
    observedGeneration,
    lastTransitionAt: 0,
  }));
};

describe('waiting for READY', () => {
  const table: readonly { name: string; told: Told; observed?: number; want: string }[] = [
    { name: 'a new declaration', told: {}, observed: 1, want: 'not_yet' },
    { name: 'ready and confirmed', told: { Ready: ['True'], DataFresh: ['True'] }, want: 'ready' },
    {
      name: 'ready before the last change',
      told: { Ready: ['True'], DataFresh: ['True'] },
      observed: 1,
      want: 'not_yet',
    },
    { name: 'ready, but not confirmed any more', told: { Ready: ['True'], DataFresh: ['False'] }, want: 'not_yet' },
    { name: 'broken and being repaired', told: { Ready: ['False'] }, want: 'not_yet' },
    { name: 'stalled', told: { Ready: ['False'], Stalled: ['True'] }, want: 'never' },
    {
      name: 'stalled, and stale READY',
      told: { Ready: ['True'], DataFresh: ['False'], Stalled: ['True'] },
      want: 'never',
    },
    {
      name: 'ready although stalled on something else',
      told: { Ready: ['True'], DataFresh: ['True'], Stalled: ['True'] },
      want: 'ready',
    },
    { name: 'held', told: { WritesAllowed: ['False', 'WRITES_HELD'] }, want: 'never' },
    { name: 'disconnected', told: { WritesAllowed: ['False', 'DISCONNECTED'] }, want: 'never' },
    {
      name: 'only observed, and broken',
      told: { Ready: ['False'], WritesAllowed: ['False', 'MODE_OBSERVE'] },
      want: 'never',
    },
    { name: 'only observed, and not seen yet', told: { WritesAllowed: ['False', 'MODE_OBSERVE'] }, want: 'not_yet' },
    {
      name: 'held, and ready before the last change',
      told: { Ready: ['True'], DataFresh: ['True'], WritesAllowed: ['False', 'WRITES_HELD'] },
      observed: 1,
      want: 'not_yet',
    },
  ];
  it.each(table)('$name: $want', ({ told, observed = 2, want }) => {
    expect(readyProspect(conditions(told, observed), 2)).toBe(want);
  });
});
