import type { ConnectionId, DidKey } from '@dialtone/domain';
import {
  writeEntry,
  type Lease,
  type RecentWrite,
  type RepairAim,
  type RepairWrite,
  type UnresolvedWrite,
  type WriteIntent,
  type WriteJournal,
  type WriteState,
  type WriteTarget,
} from '@dialtone/engine';
import type { Tables, WriteRecord } from './tables';

const OPEN = { closedAt: null, finishedAt: null, resolvedAt: null, state: 'pending', answer: null } as const;

export class InMemoryWriteJournal implements WriteJournal {
  constructor(private readonly tables: Tables) {}

  begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null> {
    const { tables } = this;
    if (leases.length === 0 || !leases.every((lease) => tables.holds(lease))) return Promise.resolve(null);
    const id = String(tables.writes.length + 1);
    const startedAt = tables.clock.now();
    const partnerId = tables.connections.get(intent.connectionId)?.partnerId;
    if (partnerId !== undefined) tables.keep([{ ...writeEntry(intent), partnerId }], id);
    tables.writes.push({ ...intent, id, startedAt, ...OPEN });
    return Promise.resolve(id);
  }

  finish(id: string, state: 'done' | 'failed' | 'unknown', answer: Readonly<Record<string, unknown>>): Promise<void> {
    const write = this.tables.writes.find((one) => one.id === id && one.state === 'pending');
    if (write === undefined) return Promise.resolve();
    Object.assign(write, { state, answer, closedAt: this.tables.clock.now(), finishedAt: this.tables.clock.now() });
    if (state === 'done') this.noteMadeBot(write, answer['id']);
    return Promise.resolve();
  }

  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]> {
    const account = this.tables.accountIdOf(connectionId);
    return this.unresolvedWhere(
      (write) => this.tables.accountIdOf(write.connectionId) === account && write.target === target,
    );
  }

  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]> {
    return this.unresolvedWhere((write) => write.connectionId === connectionId && write.key === key);
  }

  unresolvedRequests(connectionId: ConnectionId): Promise<readonly UnresolvedWrite[]> {
    return this.unresolvedWhere((write) => write.connectionId === connectionId && write.step === 'request');
  }

  recent(connectionId: ConnectionId, since: number, key: DidKey | null): Promise<readonly RecentWrite[]> {
    const account = this.tables.accountIdOf(connectionId);
    const observedAt = key === null ? Infinity : this.tables.did(connectionId, key).stored.observedAt;
    const isAsked = (write: WriteRecord): boolean =>
      this.tables.accountIdOf(write.connectionId) === account &&
      (key === null || write.key === key || isOfBots(write.target));
    const found = this.tables.writes.filter(isAsked).flatMap((write): readonly RecentWrite[] => {
      const { step, target, body, answer, startedAt, state } = write;
      if (state === 'failed' || state === 'not_applied') return [];
      const seenAt = isOpen(state) ? null : write.closedAt;
      const isNews = seenAt !== null && (seenAt >= since || (write.key === key && seenAt >= observedAt));
      const isRecent = isOpen(state) || isNews;
      return isRecent ? [{ key: write.key, step, target, body, answer, state, startedAt, seenAt }] : [];
    });
    return Promise.resolve(found);
  }

  repairs(connectionId: ConnectionId, aim: RepairAim, since: number): Promise<readonly RepairWrite[]> {
    const account = this.tables.accountIdOf(connectionId);
    const isAimed = ({ key, step, target }: WriteRecord): boolean =>
      'key' in aim ? key === aim.key && (step === aim.step || step === 'request') : target === aim.target;
    const found = this.tables.writes
      .filter((write) => this.tables.accountIdOf(write.connectionId) === account && isAimed(write))
      .filter((write) => write.startedAt >= since && (write.actor === 'reconciler' || write.step === 'request'))
      .flatMap(({ state, closedAt: seenAt, key, step, target, body, answer, startedAt, actor }) =>
        state === 'failed' ? [] : [{ key, step, target, body, answer, state, startedAt, seenAt, actor }],
      );
    return Promise.resolve(found);
  }

  resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void> {
    for (const write of this.tables.writes) {
      if (ids.includes(write.id) && isOpen(write.state)) {
        Object.assign(write, { state, closedAt: this.tables.clock.now(), resolvedAt: this.tables.clock.now() });
      }
    }
    return Promise.resolve();
  }

  private noteMadeBot({ bindingId, target }: WriteRecord, id: unknown): void {
    const row = [...this.tables.bindings.values()].find(({ binding }) => binding.id === bindingId);
    if (row === undefined || typeof id !== 'number' || !target.startsWith('bot-create:')) return;
    this.tables.writeBinding({ ...row, madeBotId: id });
  }

  private unresolvedWhere(matches: (write: WriteRecord) => boolean): Promise<readonly UnresolvedWrite[]> {
    const found = this.tables.writes
      .filter(matches)
      .flatMap(({ id, step, target, state, startedAt, body, answer }) =>
        isOpen(state) ? [{ id, step, target, state, startedAt, body, answer }] : [],
      );
    return Promise.resolve(found);
  }
}

const isOpen = (state: WriteState): state is UnresolvedWrite['state'] => state === 'pending' || state === 'unknown';

const isOfBots = (target: WriteTarget): boolean => target.startsWith('bot-');
