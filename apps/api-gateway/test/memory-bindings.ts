import { randomUUID } from 'node:crypto';
import {
  type AgentId,
  type Binding,
  type BindingId,
  type ConnectionId,
  type DidKey,
  type LabelSelector,
  NO_MARKS,
  type PartnerId,
  selectsLabels,
} from '@dialtone/domain';
import { decideDeclaration, decideWithdrawal, STALLED_BY_DISCONNECT } from '@dialtone/engine';
import {
  type BindingStore,
  type BindingView,
  type DeclareResult,
  InvalidCursorError,
  QuotaReachedError,
  type Page,
  type ReadinessStore,
  type StoredReadiness,
} from '@dialtone/persistence';
import { NOW, unobserved } from './observations';

type DeclareInput = Required<Parameters<BindingStore['declare']>[0]>;
type Verdict = StoredReadiness & { readonly partnerId: PartnerId };

/** What declarations are checked against. */
interface Known {
  agentName(partnerId: PartnerId, id: AgentId): string | undefined;
  isActive(partnerId: PartnerId, id: ConnectionId): boolean;
}

const placeOf = (owner: string, key: DidKey): string => `${owner}/${key}`;

/** Declarations and verdicts in memory; they pass the contracts of the stores on PostgreSQL. */
export class MemoryBindings {
  /** By partner and key. */
  readonly views = new Map<string, BindingView>();
  /** By connection and key. */
  readonly verdicts = new Map<string, Verdict>();
  readonly triggered: DidKey[] = [];
  /** Last generation of removed bindings. */
  private readonly tombstones = new Map<string, number>();
  /** Thrown by the next declaration instead of an answer. */
  failure: unknown = null;

  constructor(private readonly known: Known) {}

  clear(): void {
    for (const rows of [this.views, this.verdicts, this.tombstones]) rows.clear();
    this.triggered.length = 0;
    this.failure = null;
  }

  /** As a change of what they depend on does. */
  makeDue(which: (binding: Binding) => boolean): void {
    this.changeStatus(which, ({ nextReconcileAt }) => ({
      nextReconcileAt: new Date(Math.min(nextReconcileAt.getTime(), NOW.getTime())),
    }));
  }

  /** As a disconnection does. */
  stall(which: (binding: Binding) => boolean): void {
    this.changeStatus(which, () => STALLED_BY_DISCONNECT);
  }

  /** What the sweep stored about a number. */
  store(partnerId: PartnerId, row: StoredReadiness): void {
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
    list: ({ partnerId, connectionId, state, drifting, labels, limit, cursor }) => {
      const rows = [...this.verdicts.values()]
        .filter((row) => row.partnerId === partnerId)
        .filter((row) => connectionId === undefined || row.connectionId === connectionId)
        .filter((row) => state === undefined || row.state === state)
        .filter((row) => drifting !== true || row.drift !== null)
        .filter((row) => labels === undefined || this.isSelected(labels, row))
        .map(({ partnerId: owner, ...row }) => ({ ...row, declared: this.isDeclared(owner, row) }));
      return pageOf(rows, { limit, cursor, list: 'readiness', placeIn: (row) => placeOf(row.connectionId, row.key) });
    },
  };

  readonly bindings: BindingStore = {
    declare: (input) =>
      Promise.resolve().then(() => {
        if (this.failure !== null) throw this.failure as Error;
        return this.declare({ marks: NO_MARKS, takeOver: false, atMost: 0, ...input });
      }),
    find: (partnerId, key) => {
      const view = this.views.get(placeOf(partnerId, key));
      return Promise.resolve(view === undefined ? null : this.shown(view));
    },
    list: ({ partnerId, connectionId, state, agentId, labels, limit, cursor }) => {
      const rows = [...this.views.values()]
        .filter(({ binding }) => binding.partnerId === partnerId)
        .filter(({ binding }) => connectionId === undefined || binding.connectionId === connectionId)
        .filter(({ binding }) => agentId === undefined || binding.agentId === agentId)
        .filter(({ readiness }) => state === undefined || readiness.state === state)
        .filter(({ marks }) => labels === undefined || selectsLabels(labels, marks.labels))
        .map((view) => this.shown(view));
      return pageOf(rows, { limit, cursor, list: 'bindings', placeIn: ({ binding }) => binding.key });
    },
    remove: ({ partnerId, key, ...claim }) => {
      const id = placeOf(partnerId, key);
      const view = this.views.get(id);
      const decision = decideWithdrawal({ manager: null, takeOver: false, ...claim }, view ?? null);
      if (decision.kind !== 'removed' || view === undefined) return Promise.resolve(decision);
      this.tombstones.set(id, view.binding.generation);
      this.views.delete(id);
      return Promise.resolve(decision);
    },
    trigger: (partnerId, key) => {
      const id = placeOf(partnerId, key);
      const view = this.views.get(id);
      if (view === undefined) return Promise.resolve(null);
      this.triggered.push(key);
      this.makeDue((binding) => binding === view.binding);
      return Promise.resolve({ dueAt: this.views.get(id)?.status.nextReconcileAt ?? NOW });
    },
  };

  private changeStatus(
    which: (binding: Binding) => boolean,
    change: (status: BindingView['status']) => Partial<BindingView['status']>,
  ): void {
    for (const [id, view] of this.views) {
      if (which(view.binding)) this.views.set(id, { ...view, status: { ...view.status, ...change(view.status) } });
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
    });
    if (agentName === undefined) return { kind: 'agent_not_found' };
    if (decision.kind === 'created') this.refuseMore(input);
    if (decision.kind === 'created') return { kind: 'created', view: this.create(input, agentName) };
    if (decision.kind !== 'updated' && decision.kind !== 'unchanged') return decision;
    if (existing === undefined) throw new Error('Only what exists is changed.');
    if (decision.kind === 'unchanged') return { kind: 'unchanged', view: existing };
    const isMoved = existing.binding.connectionId !== input.connectionId;
    const view = changedView(isMoved ? this.moved(existing, input) : existing, input, agentName);
    this.views.set(id, view);
    return { kind: 'updated', view };
  }

  private refuseMore({ partnerId, atMost }: DeclareInput): void {
    const own = [...this.views.values()].filter(({ binding }) => binding.partnerId === partnerId);
    if (atMost !== 0 && own.length >= atMost) throw new QuotaReachedError('bindings', atMost);
  }

  private isActive({ binding }: BindingView): boolean {
    return this.known.isActive(binding.partnerId, binding.connectionId);
  }

  private moved(view: BindingView, { partnerId, connectionId, key }: DeclareInput): BindingView {
    const seen = this.verdicts.get(placeOf(connectionId, key));
    if (seen === undefined) this.store(partnerId, unobserved(connectionId, key));
    const readiness = { ...(seen ?? unobserved(connectionId, key)), declared: true };
    return { ...view, binding: { ...view.binding, connectionId }, readiness };
  }

  private create(input: DeclareInput, agentName: string): BindingView {
    const { partnerId, connectionId, key } = input;
    const id = placeOf(partnerId, key);
    const seen = this.verdicts.get(placeOf(connectionId, key));
    if (seen === undefined) this.store(partnerId, unobserved(connectionId, key));
    const readiness = seen ?? unobserved(connectionId, key);
    const made = newView(input, agentName, 1 + (this.tombstones.get(id) ?? 0));
    const view = { ...made, readiness: { ...readiness, declared: true } };
    this.views.set(id, view);
    return view;
  }

  /** With what became of its agent since. */
  private shown(view: BindingView): BindingView {
    const { partnerId, agentId } = view.binding;
    return { ...view, agentDeleted: view.agentDeleted || this.known.agentName(partnerId, agentId) === undefined };
  }

  private isSelected(selector: LabelSelector, row: Verdict): boolean {
    const view = this.views.get(placeOf(row.partnerId, row.key));
    return view?.binding.connectionId === row.connectionId && selectsLabels(selector, view.marks.labels);
  }

  private isDeclared(partnerId: PartnerId, { connectionId, key }: StoredReadiness): boolean {
    return this.views.get(placeOf(partnerId, key))?.binding.connectionId === connectionId;
  }
}

/** Rows in the order of their places; a cursor is the name of the list and the place of a page's last row. */
const pageOf = <T>(
  rows: readonly T[],
  page: {
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly list: string;
    readonly placeIn: (row: T) => string;
  },
): Promise<Page<T>> => {
  const { limit, cursor, list, placeIn } = page;
  const given = cursor === undefined ? `${list} ` : Buffer.from(cursor, 'base64url').toString();
  if (!given.startsWith(`${list} `)) return Promise.reject(new InvalidCursorError());
  const after = given.slice(list.length + 1);
  const rest = rows.filter((row) => placeIn(row) > after).toSorted((a, b) => (placeIn(a) < placeIn(b) ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || last === undefined) return Promise.resolve({ items, nextCursor: null });
  const nextCursor = Buffer.from(`${list} ${placeIn(last)}`).toString('base64url');
  return Promise.resolve({ items, nextCursor });
};

const newView = (
  { partnerId, connectionId, key, spec, marks }: DeclareInput,
  agentName: string,
  generation: number,
): BindingView => ({
  binding: { ...spec, id: randomUUID() as unknown as BindingId, partnerId, connectionId, key, generation },
  marks,
  agentName,
  agentDeleted: false,
  status: {
    outcome: 'pending',
    message: null,
    observedGeneration: 0,
    attempts: 0,
    lastReconciledAt: null,
    nextReconcileAt: NOW,
  },
  readiness: unobserved(connectionId, key),
  createdAt: NOW,
  updatedAt: NOW,
});

const changedView = (view: BindingView, { spec, marks }: DeclareInput, agentName: string): BindingView => ({
  ...view,
  binding: { ...view.binding, ...spec, generation: view.binding.generation + 1 },
  marks,
  agentName,
  agentDeleted: false,
  status: { ...view.status, outcome: 'pending', message: null, attempts: 0, nextReconcileAt: NOW },
});
