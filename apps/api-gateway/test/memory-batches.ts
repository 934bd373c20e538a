import { type ConnectionId, type DidKey, selectsLabels } from '@dialtone/domain';
import type { WithdrawalDecision } from '@dialtone/engine';
import {
  inPairs,
  type AskedItem,
  type AskedWithdrawal,
  type BatchResult,
  type BindingStore,
  type BindingView,
  type DeclareResult,
  type Inspected,
  type InspectedNumber,
  type ItemResult,
} from '@dialtone/persistence';

type Rows = Map<string, never>;

/** What changes one row at a time, and the rows that it changes. */
interface Changing {
  readonly rows: readonly ReadonlyMap<string, unknown>[];
  readonly declare: (item: AskedItem) => DeclareResult;
  readonly withdraw: (one: AskedWithdrawal) => WithdrawalDecision;
}

const DONE: readonly string[] = ['created', 'updated', 'unchanged', 'removed', 'releasing'];

const resultOf = (result: DeclareResult): ItemResult =>
  'view' in result ? { kind: result.kind, generation: result.view.binding.generation } : result;

/** One after another, and all taken back where nothing is to be applied. */
export const changeTogether = (
  { declare, withdraw, atomic, dryRun }: Parameters<BindingStore['changeAll']>[0],
  changing: Changing,
): BatchResult => {
  const before = changing.rows.map((rows) => [rows as Rows, [...rows]] as const);
  const declared = declare.map((item) => resultOf(changing.declare(item)));
  const withdrawn = withdraw.map((one) => changing.withdraw(one));
  const isStopped = atomic && [...declared, ...withdrawn].some(({ kind }) => !DONE.includes(kind));
  const applied = !dryRun && !isStopped;
  if (!applied) {
    for (const [rows, entries] of before) {
      rows.clear();
      for (const [id, row] of entries) rows.set(id, row as never);
    }
  }
  return { applied, declared, withdrawn };
};

type Look = Omit<InspectedNumber<unknown>, 'result'>;

/** What is to be inspected, before anything is changed. */
export const inspectedIn = (
  { declare, withdraw }: Pick<Parameters<BindingStore['changeAll']>[0], 'declare' | 'withdraw'>,
  { declared, withdrawn }: BatchResult,
  lookAt: (key: DidKey, connectionId: ConnectionId | null) => Look,
): Inspected => ({
  declared: inPairs(declare, declared).map(([{ key, connectionId }, result]) => ({
    result,
    ...lookAt(key, connectionId),
  })),
  withdrawn: inPairs(withdraw, withdrawn).map(([{ key }, result]) => ({ result, ...lookAt(key, null) })),
});

export const selectAmong = (
  views: readonly BindingView[],
  { partnerId, connectionId, labels, manager, except, limit }: Parameters<BindingStore['select']>[0],
): Awaited<ReturnType<BindingStore['select']>> => {
  const meant = views
    .filter(({ binding }) => binding.partnerId === partnerId && binding.releasing === undefined)
    .filter(({ binding }) => connectionId === undefined || binding.connectionId === connectionId)
    .filter(({ marks }) => manager === undefined || marks.manager === manager)
    .filter(({ marks }) => labels === undefined || selectsLabels(labels, marks.labels))
    .map(({ binding }) => binding.key);
  const named = new Set(except);
  const left = meant.filter((key) => !named.has(key)).sort();
  return { keys: left.slice(0, limit), left: left.length, all: meant.length };
};
