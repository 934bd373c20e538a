import type { Binding, BindingId, ConnectionId, DidKey } from '@dialtone/domain';
import {
  completionOf,
  contestEvent,
  repairTurn,
  didResource,
  isFlapping,
  messageOf,
  RECONCILER,
  stallReasonOf,
  statusEvent,
  type BindingQueue,
  type ClaimedBinding,
  type Completion,
  type Course,
  type Outcome,
  type RepairTurn,
  type ToldStatus,
} from '@dialtone/engine';
import { type BindingRecord, didOf, type Tables } from './tables';

export class InMemoryBindingQueue implements BindingQueue {
  constructor(private readonly tables: Tables) {}

  claim(owner: string, limit: number, leaseTtlMs: number): Promise<readonly ClaimedBinding[]> {
    const now = this.tables.clock.now();
    const due = this.scheduled()
      .filter((row) => row.dueAt <= now && !this.tables.isHeld(resourceOf(row)))
      .sort((a, b) => a.dueAt - b.dueAt)
      .slice(0, limit);
    const claimed = due.flatMap((row): readonly ClaimedBinding[] => {
      const lease = this.tables.grant(resourceOf(row), owner, leaseTtlMs);
      const { binding, attempts, triggerSeq, dueAt, outcome, message, stalls, repairs } = row;
      const before = { outcome, message, stalls };
      return lease === null ? [] : [{ binding, lease, attempts, before, repairs, triggerSeq, overdueMs: now - dueAt }];
    });
    return Promise.resolve(claimed);
  }

  complete(claimed: ClaimedBinding, outcome: Outcome, delayMs: number, course: Course | null = null): Promise<void> {
    const { binding, lease } = claimed;
    const row = this.tables.bindings.get(didOf(binding.connectionId, binding.key));
    if (!this.tables.end(lease) || row?.binding.id !== binding.id) return Promise.resolve();
    const now = this.tables.clock.now();
    const { stored } = this.tables.did(binding.connectionId, binding.key);
    const { generation } = row.binding;
    const current = { ...row, generation, countFrom: row.repairs.countFrom, flaps: isFlapping(stored) };
    const result = { outcome: outcome.kind, message: messageOf(outcome), reason: stallReasonOf(outcome), course };
    const completion = completionOf(claimed, current, result, delayMs);
    if (completion.isReleased) {
      this.tables.keep(completion.history);
      this.tables.endBinding(row, RECONCILER);
      return Promise.resolve();
    }
    const { plan, isNews } = completion;
    const toldStatus = toldAfter(row, completion);
    const turn = repairTurn(claimed, current, outcome, now);
    const repairs = turn?.repairs ?? row.repairs;
    this.tables.writeBinding({
      ...row,
      ...completion.status,
      repairs,
      plan,
      toldStatus,
      dueAt: now + completion.delayMs,
    });
    if (turn !== null) this.tell(binding, turn, now);
    this.tables.keep(completion.history);
    if (!isNews) return Promise.resolve();
    const seq = this.tables.nextEventSeq(binding.connectionId, binding.key);
    this.tables.append([statusEvent(binding, { ...completion.status, outcome: outcome.kind }, { seq, now })]);
    return Promise.resolve();
  }

  private tell(binding: Binding, { begun, history }: RepairTurn, now: number): void {
    this.tables.keep(history);
    if (begun === null) return;
    const seq = this.tables.nextEventSeq(binding.connectionId, binding.key);
    this.tables.append([contestEvent(binding, begun, { seq, now })]);
  }

  nextDueInMs(): Promise<number | null> {
    const now = this.tables.clock.now();
    const times = this.scheduled().map((row) => {
      const held = this.tables.isHeld(resourceOf(row)) ? this.tables.leases.get(resourceOf(row)) : undefined;
      return Math.max(row.dueAt, held?.expiresAt ?? 0);
    });
    return Promise.resolve(times.length === 0 ? null : Math.max(0, Math.min(...times) - now));
  }

  find(connectionId: ConnectionId, key: DidKey): Promise<Binding | null> {
    return Promise.resolve(this.tables.bindings.get(didOf(connectionId, key))?.binding ?? null);
  }

  findById(id: BindingId): Promise<Binding | null> {
    const row = [...this.tables.bindings.values()].find((one) => one.binding.id === id);
    return Promise.resolve(row?.binding ?? null);
  }

  private scheduled(): BindingRecord[] {
    return [...this.tables.bindings.values()].filter((row) => this.tables.isActive(row.binding.connectionId));
  }
}

/** What was told last, when it is not what the row says. */
const toldAfter = ({ toldStatus = null, outcome, message }: BindingRecord, told: Completion): ToldStatus | null => {
  if (told.isNews) return null;
  return told.isWithheld ? (toldStatus ?? { outcome, message }) : toldStatus;
};

const resourceOf = ({ binding }: BindingRecord): string => didResource(binding.connectionId, binding.key);
