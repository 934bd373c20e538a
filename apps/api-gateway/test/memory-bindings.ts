import { type Binding, type ConnectionId, type DidKey, NO_MARKS, type PartnerId } from '@dialtone/domain';
import {
  decideDeclaration,
  decideWithdrawal,
  newConditionRecord,
  readyStatus,
  STALLED_BY_DISCONNECT,
  steeringRecord,
  type StallReason,
  type WithdrawalDecision,
} from '@dialtone/engine';
import {
  type BindingStore,
  type BindingView,
  type DeclareResult,
  QuotaReachedError,
  type ReadinessStore,
  type StoredReadiness,
} from '@dialtone/persistence';
import { changedView, freshness, newView, releasingView } from './memory-binding-views';
import type { KnownToDeclarations } from './known-to-declarations';
import { changeTogether, inspectedIn, selectAmong } from './memory-batches';
import { NOW, unobserved } from './observations';
import { isDeclared, pageOfMemory, type MemoryNumber } from './memory-selection';

type DeclareInput = Required<Omit<Parameters<BindingStore['declare']>[0], 'inspect'>>;
type BatchInput = Parameters<BindingStore['changeAll']>[0];
type Verdict = StoredReadiness & { readonly partnerId: PartnerId };

type RemoveInput = Parameters<typeof decideWithdrawal>[0] & { readonly partnerId: PartnerId; readonly key: DidKey };

const UNASKED = { marks: NO_MARKS, takeOver: false, isClientMissing: false, atMost: 0 };

const placeOf = (owner: string, key: DidKey): string => `${owner}/${key}`;

/** Declarations and verdicts in memory; they pass the contracts of the stores on PostgreSQL. */
export class MemoryBindings {
  /** By partner and key. */
  readonly views = new Map<string, BindingView>();
  /** By connection and key. */
  readonly verdicts = new Map<string, Verdict>();
  readonly triggered: DidKey[] = [];
  /** When connections began or ceased to allow writes. */
  private readonly writesTurns = new Map<ConnectionId, readonly number[]>();
  private passed = 0;
  /** By connection and key. */
  private readonly turns = new Map<
    string,
    { readonly readySince: number | null; readonly freshSince: number | null; readonly stateSince: number }
  >();
  private readonly tombstones = new Map<string, number>();
  /** Thrown by the next declaration instead of an answer. */
  failure: unknown = null;

  constructor(private readonly known: KnownToDeclarations) {}

  clear(): void {
    for (const rows of [this.views, this.verdicts, this.tombstones, this.writesTurns, this.turns]) rows.clear();
    this.passed = 0;
    this.triggered.length = 0;
    this.failure = null;
  }

  /** By the store's clock. */
  get now(): Date {
    return new Date(NOW.getTime() + this.passed);
  }

  pass(ms: number): void {
    this.passed += ms;
  }

  /** Before a hold, an acknowledgement or a disconnection. */
  turnWrites(id: ConnectionId): void {
    this.writesTurns.set(id, [...(this.writesTurns.get(id) ?? []), this.now.getTime()]);
  }

  /** As a change of what they depend on does. */
  makeDue(which: (binding: Binding) => boolean): void {
    this.changeStatus(which, ({ nextReconcileAt }) => ({
      nextReconcileAt: new Date(Math.min(nextReconcileAt.getTime(), this.now.getTime())),
    }));
  }

  /** As a disconnection does. */
  stall(which: (binding: Binding) => boolean): void {
    this.changeStatus(which, () => STALLED_BY_DISCONNECT);
  }

  /** As the end of a reconcile does. */
  complete(partnerId: PartnerId, key: DidKey, status: BindingView['status'], stallReason: StallReason | null): void {
    this.changeStatus(
      (binding) => binding.partnerId === partnerId && binding.key === key,
      () => status,
    );
    const id = placeOf(partnerId, key);
    const view = this.views.get(id);
    if (view !== undefined) this.views.set(id, { ...view, record: { ...view.record, stallReason } });
  }

  /** What the sweep stored about a number. */
  store(partnerId: PartnerId, row: StoredReadiness): void {
    this.noteTurns(row);
    this.verdicts.set(placeOf(row.connectionId, row.key), { ...row, partnerId });
    const id = placeOf(partnerId, row.key);
    const view = this.views.get(id);
    if (view?.binding.connectionId === row.connectionId) this.views.set(id, { ...view, readiness: row });
  }

  isListed(connectionId: ConnectionId, key: DidKey): boolean {
    const seen = this.verdicts.get(placeOf(connectionId, key));
    return seen?.observation?.presence.did === 'present' && !seen.issues.includes('REMOTE_DID_EXPIRED');
  }

  readonly readiness: ReadinessStore = {
    list: async (page) => {
      const { items, nextCursor } = await pageOfMemory(this.numbersOf(page.partnerId), page);
      return { items: items.map(({ verdict, view }) => ({ ...verdict, declared: isDeclared(view) })), nextCursor };
    },
  };

  readonly bindings: BindingStore = {
    declare: async ({ inspect, ...input }) => {
      if (inspect !== undefined)
        await this.changeAll({ ...input, declare: [input], withdraw: [], atomic: true, dryRun: true, inspect });
      if (this.failure !== null) throw this.failure as Error;
      const result = this.declare({ ...UNASKED, ...input });
      if (result.kind === 'quota_reached') throw new QuotaReachedError('bindings', result.atMost);
      return result;
    },
    changeAll: (input) => this.changeAll(input),
    select: (selection) => Promise.resolve(selectAmong([...this.views.values()], selection)),
    find: (partnerId, key) => {
      const view = this.views.get(placeOf(partnerId, key));
      return Promise.resolve(view === undefined ? null : this.shown(view));
    },
    findAll: (places) =>
      Promise.resolve(
        places.flatMap(({ partnerId, key }) => {
          const view = this.views.get(placeOf(partnerId, key));
          return view === undefined ? [] : [this.shown(view)];
        }),
      ),
    list: async (page) => {
      const { items, nextCursor } = await pageOfMemory(this.numbersOf(page.partnerId), { ...page, ofBindings: true });
      return { items: items.flatMap(({ view }) => (view === null ? [] : [this.shown(view)])), nextCursor };
    },
    remove: (input) => Promise.resolve(this.remove({ manager: null, takeOver: false, ...input })),
    trigger: (partnerId, key) => {
      const id = placeOf(partnerId, key);
      const view = this.views.get(id);
      if (view === undefined) return Promise.resolve(null);
      this.triggered.push(key);
      this.makeDue((binding) => binding === view.binding);
      return Promise.resolve({ dueAt: this.views.get(id)?.status.nextReconcileAt ?? NOW });
    },
  };

  private async changeAll({ inspect, ...input }: BatchInput): ReturnType<BindingStore['changeAll']> {
    await Promise.resolve();
    if (this.failure !== null) throw this.failure as Error;
    const { partnerId, actor, atMost = 0 } = input;
    const change = (dryRun: boolean) =>
      changeTogether(
        { ...input, dryRun },
        {
          rows: [this.views, this.verdicts, this.tombstones, this.turns],
          declare: (item) => this.declare({ ...UNASKED, partnerId, actor, atMost, ...item }),
          withdraw: (one) => this.remove({ partnerId, precondition: { kind: 'none' }, ...one }),
        },
      );
    await inspect?.(inspectedIn(input, change(true), (key, connectionId) => this.lookAt(partnerId, key, connectionId)));
    return change(input.dryRun);
  }

  private lookAt(partnerId: PartnerId, key: DidKey, connectionId: ConnectionId | null) {
    const view = this.views.get(placeOf(partnerId, key));
    const at = connectionId ?? view?.binding.connectionId;
    const verdict = at === undefined ? undefined : this.verdicts.get(placeOf(at, key));
    return {
      current: view === undefined ? null : { ...view, isConnectionActive: this.isActive(view) },
      observation: verdict?.observation ?? null,
      seenAt: verdict?.observedAt ?? null,
    };
  }

  private changeStatus(
    which: (binding: Binding) => boolean,
    change: (status: BindingView['status']) => Partial<BindingView['status']>,
  ): void {
    for (const [id, view] of this.views) {
      if (!which(view.binding)) continue;
      const status = { ...view.status, ...change(view.status) };
      const { outcome } = view.status;
      const isLeft = status.outcome !== outcome;
      const outcomeLeft = { ...view.record.outcomeLeft, ...(isLeft && { [outcome]: this.now.getTime() }) };
      this.views.set(id, { ...view, status, record: { ...view.record, outcomeLeft } });
    }
  }

  private declare(input: DeclareInput): DeclareResult {
    const id = placeOf(input.partnerId, input.key);
    const existing = this.views.get(id);
    const agentName = this.known.agentName(input.partnerId, input.spec.agentId);
    const decision = decideDeclaration(input, {
      agent: agentName !== undefined,
      connection: this.known.isActive(input.partnerId, input.connectionId),
      current: existing === undefined ? null : { ...existing, isConnectionActive: this.isActive(existing) },
      quota: this.quotaOf(input),
    });
    if (agentName === undefined) return { kind: 'agent_not_found' };
    if (decision.kind === 'created') {
      return { kind: 'created', view: this.shown(this.create(input, agentName)) };
    }
    if (decision.kind !== 'updated' && decision.kind !== 'unchanged') return decision;
    if (existing === undefined) throw new Error('Only what exists is changed.');
    if (decision.kind === 'unchanged') return { kind: 'unchanged', view: this.shown(existing) };
    const isMoved = existing.binding.connectionId !== input.connectionId;
    const view = changedView(isMoved ? this.moved(existing, input) : existing, input, { agentName, now: this.now });
    this.views.set(id, view);
    return { kind: 'updated', view: this.shown(view) };
  }

  private quotaOf({ partnerId, atMost: given }: DeclareInput): { readonly atMost: number; readonly left: number } {
    const atMost = given || Infinity;
    const isOwn = ({ binding }: BindingView): boolean => binding.partnerId === partnerId;
    return { atMost, left: atMost === Infinity ? Infinity : atMost - [...this.views.values()].filter(isOwn).length };
  }

  private remove({ partnerId, key, ...claim }: RemoveInput): WithdrawalDecision {
    const id = placeOf(partnerId, key);
    const view = this.views.get(id);
    const decision = decideWithdrawal(
      claim,
      view === undefined ? null : { ...view, isConnectionActive: this.isActive(view) },
    );
    if (view === undefined) return decision;
    if (decision.kind === 'releasing' && decision.begins)
      this.views.set(id, releasingView(view, decision.releasing, this.now));
    if (decision.kind !== 'removed') return decision;
    this.tombstones.set(id, view.binding.generation);
    this.views.delete(id);
    return decision;
  }

  private isActive({ binding }: BindingView): boolean {
    return this.known.isActive(binding.partnerId, binding.connectionId);
  }

  private moved(view: BindingView, { partnerId, connectionId, key }: DeclareInput): BindingView {
    const seen = this.verdicts.get(placeOf(connectionId, key));
    if (seen === undefined) this.store(partnerId, unobserved(connectionId, key));
    const readiness = { ...(seen ?? unobserved(connectionId, key)), declared: true };
    const status = { ...view.status, outcome: 'pending' as const };
    const record = newConditionRecord(this.now.getTime());
    return { ...view, binding: { ...view.binding, connectionId }, status, readiness, record };
  }

  private create(input: DeclareInput, agentName: string): BindingView {
    const { partnerId, connectionId, key } = input;
    const id = placeOf(partnerId, key);
    const seen = this.verdicts.get(placeOf(connectionId, key));
    const readiness = seen ?? unobserved(connectionId, key);
    if (seen === undefined) this.store(partnerId, readiness);
    const generation = 1 + (this.tombstones.get(id) ?? 0);
    const made = newView(input, { agentName, generation, now: this.now });
    const view = { ...made, readiness: { ...readiness, declared: true } };
    this.views.set(id, view);
    return view;
  }

  /** With what became of its agent since. */
  private shown(view: BindingView): BindingView {
    const { partnerId, agentId, connectionId, key } = view.binding;
    const agentDeleted = view.agentDeleted || this.known.agentName(partnerId, agentId) === undefined;
    const turns = this.turns.get(placeOf(connectionId, key)) ?? view.record;
    const record = {
      ...view.record,
      readySince: turns.readySince,
      freshSince: turns.freshSince,
      lookedAt: view.readiness.observedAt?.getTime() ?? null,
      isDisconnected: !this.known.isActive(partnerId, connectionId),
      ...steeringRecord({
        ...this.known.steering(partnerId, { connectionId, key, labels: view.marks.labels }),
        writesHeld: this.known.writesHeld(connectionId),
      }),
      writesTurns: this.writesTurns.get(connectionId) ?? [],
    };
    return { ...view, agentDeleted, record };
  }

  private noteTurns(row: StoredReadiness): void {
    const place = placeOf(row.connectionId, row.key);
    const before = this.verdicts.get(place) ?? unobserved(row.connectionId, row.key);
    const now = this.now.getTime();
    const known = this.turns.get(place) ?? { readySince: null, freshSince: null, stateSince: now };
    this.turns.set(place, {
      readySince: readyStatus(before.state) === readyStatus(row.state) ? known.readySince : now,
      freshSince: freshness(before) === freshness(row) ? known.freshSince : now,
      stateSince: before.state === row.state ? known.stateSince : now,
    });
  }

  /** All that the partner has, with what declares it. */
  numbersOf(partnerId: PartnerId): readonly MemoryNumber[] {
    return [...this.verdicts.values()]
      .filter((row) => row.partnerId === partnerId)
      .map(({ partnerId: owner, ...verdict }) => {
        const view = this.views.get(placeOf(owner, verdict.key)) ?? null;
        const { stateSince: since = 0 } = this.turns.get(placeOf(verdict.connectionId, verdict.key)) ?? {};
        return { verdict, view: view?.binding.connectionId === verdict.connectionId ? view : null, since };
      });
  }
}
