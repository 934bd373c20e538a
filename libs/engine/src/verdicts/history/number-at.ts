import type { Readiness } from '@dialtone/domain';
import type { HistoryFacts, HistoryKind, HistoryRecord } from '../../ports/history';
import type { StallStatus } from '../../ports/binding-queue';
import type { WriteState } from '../../ports/journal';

/** A number as it was. Undefined: the entries do not tell, because they have no change of it. */
export interface NumberAt {
  /** Null: nothing was declared. */
  readonly declaration?: HistoryFacts | null;
  readonly verdict?: Pick<Readiness, 'state' | 'issues'>;
  /** How the last reconcile of the declaration stood; null: nothing was declared. */
  readonly status?: Pick<StallStatus, 'outcome' | 'message'> | null;
  /** Why the writes of the connection were held; null: they were not. */
  readonly hold?: string | null;
  /** Of the number, its connection or its partner, whichever changed last; null: there was none. */
  readonly pause?: HistoryFacts | null;
  readonly contest?: HistoryFacts | null;
  /** Those that had begun, the oldest first. */
  readonly writes: readonly { readonly id: string; readonly target: string; readonly outcome: WriteState }[];
}

/** What one field was before and after an entry; null: the entry says nothing of it. */
type Turn<Value> = (record: HistoryRecord) => { readonly before: Value | undefined; readonly after: Value } | null;

const ofKinds =
  <Value>(kinds: readonly HistoryKind[], read: (facts: HistoryFacts | null) => Value): Turn<Value> =>
  ({ kind, before, after }) =>
    kinds.includes(kind) ? { before: read(before), after: read(after) } : null;

const asItIs = (facts: HistoryFacts | null): HistoryFacts | null => facts;

const DECLARATIONS = ['declaration_created', 'declaration_updated', 'declaration_withdrawn'] as const;

const NO_VERDICT = { state: 'UNKNOWN', issues: [] } as const;

const TURNS = {
  declaration: ofKinds(DECLARATIONS, asItIs),
  verdict: ofKinds(['verdict_changed'], (facts) =>
    facts === null ? NO_VERDICT : { state: facts['state'], issues: facts['issues'] },
  ),
  status: ({ kind, before, after }) => {
    if (kind === 'plan_changed') return { before: statusOf(before), after: statusOf(after) };
    if (!DECLARATIONS.some((one) => one === kind)) return null;
    // Another declaration starts over; how the one before it stood is told by its own entries.
    return { before: before === null ? null : undefined, after: after && { outcome: 'pending', message: null } };
  },
  hold: ofKinds(['hold_begun', 'hold_acknowledged'], (facts) => facts && facts['reason']),
  pause: ofKinds(['pause_begun', 'pause_ended'], asItIs),
  contest: ofKinds(['repair_contested', 'repair_resumed'], asItIs),
} satisfies Readonly<Record<Exclude<keyof NumberAt, 'writes'>, Turn<unknown>>>;

const statusOf = (facts: HistoryFacts | null): unknown =>
  facts && { outcome: facts['outcome'], message: facts['message'] };

/**
 * A number at a time, rebuilt from entries alone: those of the number on one connection, with those of its whole connection and
 * partner, the oldest first. They may begin at any time: what a field was before its first change is told by that change.
 *
 * @param at epoch ms, within the time that the entries cover
 */
export const numberAt = (records: readonly HistoryRecord[], at: number): NumberAt => ({
  ...Object.fromEntries(
    Object.entries(TURNS).flatMap(([field, turn]) => {
      const value = valueAt(records, at, turn);
      return value === undefined ? [] : [[field, value]];
    }),
  ),
  writes: records.flatMap((record) => {
    if (record.kind !== 'upstream_write' || record.at > at) return [];
    const outcome = record.outcomes.findLast((told) => told.at <= at)?.outcome ?? 'pending';
    return [{ id: record.id, target: String(record.after?.['target']), outcome }];
  }),
});

const valueAt = (records: readonly HistoryRecord[], at: number, turn: Turn<unknown>): unknown => {
  const last = records.findLast((record) => record.at <= at && turn(record) !== null);
  if (last !== undefined) return turn(last)?.after;
  const next = records.find((record) => turn(record) !== null);
  return next === undefined ? undefined : turn(next)?.before;
};
