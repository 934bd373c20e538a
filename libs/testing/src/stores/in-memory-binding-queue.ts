import { type Binding, type BindingId, type ConnectionId, type DidKey, phoneNumberOf } from '@dialtone/domain';
import { type BindingQueue, type ClaimedBinding, didResource, type Outcome } from '@dialtone/engine';
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
      const { binding, attempts, triggerSeq, dueAt } = row;
      return lease === null ? [] : [{ binding, lease, attempts, triggerSeq, overdueMs: now - dueAt }];
    });
    return Promise.resolve(claimed);
  }

  complete({ binding, lease, triggerSeq }: ClaimedBinding, outcome: Outcome, delayMs: number): Promise<void> {
    const row = this.tables.bindings.get(didOf(binding.connectionId, binding.key));
    if (!this.tables.end(lease) || row?.binding.id !== binding.id) return Promise.resolve();
    row.dueAt = this.tables.clock.now() + (row.triggerSeq === triggerSeq ? delayMs : 0);
    row.observedGeneration = Math.max(row.observedGeneration, binding.generation);
    // The declaration was changed during the work: its status stays pending until that generation was worked on.
    if (row.binding.generation === binding.generation) this.writeStatus(row, outcome);
    return Promise.resolve();
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

  private writeStatus(row: BindingRecord, outcome: Outcome): void {
    const message = messageOf(outcome);
    const changed = row.outcome !== outcome.kind || row.message !== message;
    row.outcome = outcome.kind;
    row.message = message;
    if (outcome.kind !== 'progressing') row.attempts = outcome.kind === 'settled' ? 0 : row.attempts + 1;
    if (changed) this.logStatus(row, outcome.kind);
  }

  private logStatus({ binding, message, attempts }: BindingRecord, outcome: Outcome['kind']): void {
    const { connectionId, key, generation } = binding;
    const seq = this.tables.nextEventSeq(connectionId, key);
    const data = {
      connection_id: connectionId,
      partner_id: binding.partnerId,
      key,
      phone_number: phoneNumberOf(key),
      seq,
      occurred_at: new Date(this.tables.clock.now()).toISOString(),
      binding_id: binding.id,
      generation,
      outcome,
      message,
      observed_generation: generation,
      attempts,
    };
    this.tables.append([{ type: 'dialtone.binding.status.v1', connection_id: connectionId, key, seq, data }]);
  }
}

const resourceOf = ({ binding }: BindingRecord): string => didResource(binding.connectionId, binding.key);

const messageOf = (outcome: Outcome): string | null => {
  switch (outcome.kind) {
    case 'settled':
      return null;
    case 'progressing':
      return outcome.reason;
    case 'retry':
      return outcome.error;
    case 'stalled':
      return outcome.message;
  }
};
