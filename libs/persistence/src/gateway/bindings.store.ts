import type { DidKey, PartnerId } from '@dialtone/domain';
import type { WithdrawalDecision } from '@dialtone/engine';
import { currentTraceparent } from '@dialtone/tracing';
import type { DataSource } from 'typeorm';
import type {
  BatchResult,
  BindingStore as BindingContract,
  BindingView,
  DeclareResult,
  ItemResult,
} from './binding-store';
import type { Page } from './page';
import { firstRow, type Queryable, wake } from '../db';
import { findView, findViews, listViews } from './binding-views';
import { asWritten, decideChanges } from './declaration-changes';
import { earlierWork } from './earlier-work';
import { keepWork, keptWork } from './kept-work';
import { type DeclarationWrite, writeDeclarations, type Writer } from './declaration-write';
import { selectKeys } from './declaration-selection';
import { QuotaReachedError } from './quotas';
import { transact, type TransactionEnd } from '../transact';

type DeclareInput = Parameters<BindingContract['declare']>[0];
type BatchInput = Parameters<BindingContract['changeAll']>[0];
type RemoveInput = Parameters<BindingContract['remove']>[0];

const WITHOUT = { precondition: { kind: 'none' } } as const;
/** Each lost race waited for a transaction that won; more in a row than this is a defect. */
const MAX_RACES = 50;

/**
 * Declarations. What is asked for is compared with what is stored without a lock, decided by the engine, and written on the
 * condition that nothing has changed since; otherwise it is looked at again. So repeating a declaration needs no lock and no write.
 */
export class BindingStore implements BindingContract {
  constructor(private readonly ds: DataSource) {}

  declare({ partnerId, actor, atMost: configured = 0, inspect, ...item }: DeclareInput): Promise<DeclareResult> {
    return untilWon(async () => {
      const asked = { partnerId, declare: [item], withdraw: [], atMost: configured, inspect, withViews: true };
      const { declared, atMost, premises, views } = await decideChanges(this.ds, asked);
      const { result, write = null } = declared[0] ?? {};
      if (result === undefined) throw new Error('What is looked at has a row.');
      if (write !== null)
        return transact(this.ds, (tx) => writeAndView(tx, { partnerId, actor, atMost, premises }, write));
      if (result.kind === 'quota_reached') throw new QuotaReachedError('bindings', result.atMost);
      if (isRefused(result)) return result;
      // Null: it was withdrawn in between.
      const view = views[0] ?? (await findView(this.ds, partnerId, item.key));
      return view && { kind: result.kind, view };
    });
  }

  changeAll({ partnerId, actor, atomic, dryRun, atMost = 0, inspect, ...asked }: BatchInput): Promise<BatchResult> {
    const withdraw = asked.withdraw.map((one) => ({ ...WITHOUT, ...one }));
    return untilWon(async () => {
      const decided = await decideChanges(this.ds, { partnerId, declare: asked.declare, withdraw, atMost, inspect });
      const isDone = (atomic || inspect !== undefined) && decided.isRepeated;
      const { declared, withdrawn } = isDone ? asWritten(decided) : decided;
      const results = {
        declared: declared.map(({ result }) => result),
        withdrawn: withdrawn.map(({ result }) => result),
      };
      const isStopped = atomic && !isDone && [...results.declared, ...results.withdrawn].some(isRefused);
      if (dryRun || isStopped) return { applied: false, ...results };
      const writes = [...declared, ...withdrawn].flatMap(({ write }) => write ?? []);
      const { premises } = decided;
      const isWritten = await writeDeclarations(
        this.ds,
        { partnerId, actor, atMost: decided.atMost, premises },
        writes,
      );
      return isWritten ? { applied: true, ...results } : null;
    });
  }

  async select(selection: Parameters<BindingContract['select']>[0]): ReturnType<BindingContract['select']> {
    const { keys, left, all } = await selectKeys(this.ds, selection);
    const done = await earlierWork(this.ds, selection.partnerId, null);
    const gone = [...done].flatMap(([key, { kind }]) => (kind === 'removed' || kind === 'releasing' ? [key] : []));
    return {
      keys: [...gone, ...keys].sort().slice(0, selection.limit),
      left: left + gone.length,
      all: all + gone.length,
    };
  }

  find(partnerId: PartnerId, key: DidKey): Promise<BindingView | null> {
    return findView(this.ds, partnerId, key);
  }

  findAll(places: Parameters<BindingContract['findAll']>[0]): Promise<readonly BindingView[]> {
    return findViews(this.ds, places);
  }

  list(page: Parameters<BindingContract['list']>[0]): Promise<Page<BindingView>> {
    return listViews(this.ds, page);
  }

  remove({ partnerId, actor, ...claim }: RemoveInput): Promise<WithdrawalDecision> {
    const asked = { manager: null, takeOver: false, ownOnly: false, ...claim };
    return untilWon(async () => {
      const { withdrawn } = await decideChanges(this.ds, { partnerId, declare: [], withdraw: [asked], atMost: 0 });
      const { result, write = null } = withdrawn[0] ?? {};
      if (result === undefined) throw new Error('What is looked at has a row.');
      const isWritten = await writeDeclarations(
        this.ds,
        { partnerId, actor, atMost: Infinity },
        write === null ? [] : [write],
      );
      return isWritten ? result : null;
    });
  }

  async trigger(
    partnerId: PartnerId,
    key: DidKey,
    token: string | null = null,
  ): Promise<{ readonly dueAt: Date } | null> {
    const triggered = keptWork() as number | null;
    if (triggered !== null) return { dueAt: new Date(triggered) };
    return this.ds.transaction(async (tx) => {
      const row = await firstRow<{ dueAt: Date }>(
        tx,
        `update bindings set due_at = least(due_at, now()), trigger_seq = trigger_seq + 1, stalls = 0,
                contest = null, repairs_from = clock_timestamp(), asked_token = coalesce($3, asked_token),
                traceparent = coalesce($4, traceparent)
          where partner_id = $1 and key = $2 returning due_at as "dueAt"`,
        [partnerId, key, token, currentTraceparent()],
      );
      if (row === null) return null;
      await wake(tx);
      await keepWork(tx, row.dueAt.getTime());
      return row;
    });
  }
}

const untilWon = async <T>(attempt: () => Promise<T | null>): Promise<T> => {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const result = await attempt();
    if (result !== null) return result;
  }
  throw new Error(`A change of declarations lost ${String(MAX_RACES)} races.`);
};

const DONE = ['created', 'updated', 'unchanged', 'removed', 'releasing'] as const;
type Done = (typeof DONE)[number];
type Result = ItemResult | WithdrawalDecision;

const isRefused = <R extends Result>(result: R): result is Exclude<R, { readonly kind: Done }> =>
  !DONE.some((kind) => kind === result.kind);

/** Null when the race is lost. */
const writeAndView = async (
  tx: Queryable,
  who: Writer,
  write: DeclarationWrite,
): Promise<TransactionEnd<DeclareResult | null>> => {
  if (!(await writeDeclarations(tx, who, [write]))) return { rollback: null };
  const view = await findView(tx, who.partnerId, write.binding.key);
  if (view === null || write.change === 'removed' || write.change === 'releasing')
    throw new Error(`The binding of ${write.binding.key} is gone.`);
  return { commit: { kind: write.change, view } };
};
