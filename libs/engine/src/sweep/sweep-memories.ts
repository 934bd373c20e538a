import type { VoiceLinkAccount } from '../ports/upstream';
import type { JudgedBy } from './sweep-scope';

/** What a process remembers of its last sweep of each account; without it a sweep judges everything. */
export class SweepMemories {
  private readonly memories = new WeakMap<VoiceLinkAccount, JudgedBy>();

  /** Gives the memory away: whatever goes wrong before `keep`, the next sweep judges everything. */
  take(account: VoiceLinkAccount): JudgedBy | null {
    const memory = this.memories.get(account) ?? null;
    this.memories.delete(account);
    return memory;
  }

  keep(account: VoiceLinkAccount, memory: JudgedBy): void {
    this.memories.set(account, memory);
  }
}
