import type { AnyLoggedEvent, StoredEvent } from '@dialtone/contracts';
import type { Cursors, EventLog } from '@dialtone/engine';

/** The event log and its cursors in memory, a source for relays: positions are given at once and without gaps. */
export class InMemoryEventLog implements Pick<EventLog, 'read'>, Cursors {
  private readonly logged: StoredEvent[] = [];
  private readonly cursors = new Map<string, bigint>();

  append(...events: readonly AnyLoggedEvent[]): void {
    for (const event of events) {
      const position = BigInt(this.logged.length + 1);
      this.logged.push({ ...event, position, created_at: new Date(event.data.occurred_at) });
    }
  }

  get events(): readonly StoredEvent[] {
    return this.logged;
  }

  read(afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]> {
    const from = Number(afterPosition);
    return Promise.resolve(this.logged.slice(from, from + limit));
  }

  get(name: string): Promise<bigint> {
    return Promise.resolve(this.cursors.get(name) ?? 0n);
  }

  async advance(name: string, from: bigint, to: bigint): Promise<boolean> {
    if ((await this.get(name)) !== from) return false;
    this.cursors.set(name, to);
    return true;
  }
}
