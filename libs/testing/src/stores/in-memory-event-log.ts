import type { AnyLoggedEvent, StoredEvent } from '@dialtone/contracts';
import type { BranchingCursors, EventLog, LogPage, LogPart, LogStretch } from '@dialtone/engine';

/** The event log and its cursors in memory, a source for relays: positions are given at once and without gaps. */
export class InMemoryEventLog implements Pick<EventLog, 'read' | 'readOn' | 'lastPosition'>, BranchingCursors {
  private readonly logged: StoredEvent[] = [];
  /** How many of the first events are deleted. */
  private gone = 0;
  private readonly cursors = new Map<string, bigint>();

  append(...events: readonly AnyLoggedEvent[]): void {
    for (const event of events) {
      const position = BigInt(this.gone + this.logged.length + 1);
      this.logged.push({ ...event, position, created_at: new Date(event.data.occurred_at) });
    }
  }

  get events(): readonly StoredEvent[] {
    return this.logged;
  }

  read(afterPosition: bigint, limit: number, part?: LogPart): Promise<readonly StoredEvent[]> {
    const inPart = ({ position, type }: StoredEvent): boolean =>
      part === undefined || (position <= part.until && !part.except.includes(type));
    return Promise.resolve(
      this.logged
        .slice(Math.max(0, Number(afterPosition) - this.gone))
        .filter(inPart)
        .slice(0, limit),
    );
  }

  async readOn(after: bigint, limit: number, { except, span }: LogStretch): Promise<LogPage> {
    const end = BigInt(this.gone + this.logged.length);
    const last = after + BigInt(span) < end ? after + BigInt(span) : end;
    const events = await this.read(after, limit, { except, until: last });
    return { events, until: events.length < limit ? last : (events.at(-1)?.position ?? last), end };
  }

  lastPosition(): Promise<bigint> {
    return Promise.resolve(BigInt(this.gone + this.logged.length));
  }

  get prunedTo(): bigint {
    return BigInt(this.gone);
  }

  /** An empty log, of which nothing was deleted. */
  clear(): void {
    this.logged.length = 0;
    this.gone = 0;
    this.cursors.clear();
  }

  /** Deletes so many of the oldest events. */
  pruneOldest(count: number): void {
    this.gone += this.logged.splice(0, count).length;
  }

  get(name: string): Promise<bigint> {
    return Promise.resolve(this.cursors.get(name) ?? 0n);
  }

  async advance(name: string, from: bigint, to: bigint): Promise<boolean> {
    if ((await this.get(name)) !== from) return false;
    this.cursors.set(name, to);
    return true;
  }

  branch(name: string, parts: readonly string[]): Promise<void> {
    const trunk = this.cursors.get(name) ?? 0n;
    for (const each of [name, ...parts.map((part) => `${name}:${part}`)]) this.raise(each, trunk);
    return Promise.resolve();
  }

  follow(name: string): Promise<void> {
    const branches = [...this.cursors].filter(([each]) => each.startsWith(`${name}:`));
    const lowest = branches.reduce<bigint | null>(
      (low, [, position]) => (low === null || position < low ? position : low),
      null,
    );
    if (lowest !== null && this.cursors.has(name)) this.raise(name, lowest);
    return Promise.resolve();
  }

  private raise(name: string, to: bigint): void {
    const at = this.cursors.get(name);
    if (at === undefined || at < to) this.cursors.set(name, to);
  }
}
