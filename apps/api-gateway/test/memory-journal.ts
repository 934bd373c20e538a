import type { ConnectionId, DidKey } from '@dialtone/domain';
import type {
  Lease,
  UnresolvedRequest,
  UnresolvedWrite,
  WriteIntent,
  WriteJournal,
  WriteTarget,
} from '@dialtone/engine';
import type { MemoryLeases } from './memory-leases';

interface Row extends WriteIntent {
  readonly id: string;
  startedAt: number;
  state: 'pending' | 'done' | 'failed' | 'unknown' | 'applied' | 'not_applied';
  answer: Readonly<Record<string, unknown>> | null;
}

const isOpen = (row: Row): row is Row & { state: UnresolvedWrite['state'] } =>
  row.state === 'pending' || row.state === 'unknown';

/** The journal of writes, fenced by the leases beside it, by the clock of the process. */
export class MemoryJournal implements WriteJournal {
  readonly rows: Row[] = [];

  constructor(private readonly leases: MemoryLeases) {}

  begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null> {
    if (leases.length === 0 || !leases.every((lease) => this.leases.holds(lease))) return Promise.resolve(null);
    const id = String(this.rows.length + 1);
    this.rows.push({ ...intent, id, startedAt: Date.now(), state: 'pending', answer: null });
    return Promise.resolve(id);
  }

  finish(id: string, state: 'done' | 'failed' | 'unknown', answer: Readonly<Record<string, unknown>>): Promise<void> {
    const row = this.rows.find((one) => one.id === id && one.state === 'pending');
    if (row !== undefined) Object.assign(row, { state, answer });
    return Promise.resolve();
  }

  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]> {
    return Promise.resolve(this.open(connectionId).filter((row) => row.target === target));
  }

  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]> {
    return Promise.resolve(this.open(connectionId).filter((row) => row.key === key));
  }

  unresolvedRequests(connectionId: ConnectionId): Promise<readonly UnresolvedRequest[]> {
    return Promise.resolve(this.open(connectionId).filter(({ step }) => step === 'request'));
  }

  resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void> {
    for (const row of this.rows.filter(isOpen)) if (ids.includes(row.id)) Object.assign(row, { state });
    return Promise.resolve();
  }

  private open(connectionId: ConnectionId): (Row & UnresolvedRequest)[] {
    return this.rows.filter((row) => row.connectionId === connectionId && isOpen(row)) as (Row & UnresolvedRequest)[];
  }
}
