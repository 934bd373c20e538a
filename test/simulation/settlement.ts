import type { ConnectionId, DidKey } from '@dialtone/domain';

/** The second one was begun when all was well. */
const SETTLED_SWEEPS = 2;

/** Whether the engine has come to rest. */
export class Settlement {
  /** Since the calm began. */
  sweeps = 0;
  /** Processes to which VoiceLink still looks away. */
  private readonly openBreakers = new Set<string>();
  /** When a key was reconciled last, if that settled or only observed it. */
  private readonly settledAt = new Map<DidKey, number>();
  /** Of each connection, since a list or a key was last not well. */
  private readonly goodSweeps = new Map<ConnectionId, number>();

  breaker(owner: string, isOpen: boolean): void {
    if (isOpen) this.openBreakers.add(owner);
    else this.openBreakers.delete(owner);
  }

  /** `at` null: neither settled nor only observed. */
  reconciled(key: DidKey, at: number | null): void {
    if (at === null) {
      this.settledAt.delete(key);
      this.goodSweeps.clear();
    } else this.settledAt.set(key, at);
  }

  swept(id: ConnectionId, { complete, isWell }: { readonly complete: boolean; readonly isWell: boolean }): void {
    this.sweeps += 1;
    // It leaves verdicts stale.
    if (!complete) this.settledAt.clear();
    if (isWell) this.goodSweeps.set(id, (this.goodSweeps.get(id) ?? 0) + 1);
    else this.goodSweeps.clear();
  }

  isReached(since: number, keys: Iterable<DidKey>, connections: readonly ConnectionId[]): boolean {
    if (this.openBreakers.size > 0) return false;
    if (connections.some((id) => (this.goodSweeps.get(id) ?? 0) < SETTLED_SWEEPS)) return false;
    for (const key of keys) if ((this.settledAt.get(key) ?? 0) < since) return false;
    return true;
  }
}
