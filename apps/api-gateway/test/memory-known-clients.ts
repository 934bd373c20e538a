import type { ClientListing, ConnectionId } from '@dialtone/domain';
import type { KnownClients } from '@dialtone/persistence';

/** The list of clients of each connection, as sweeps stored it. */
export class MemoryKnownClients implements KnownClients {
  private readonly listed = new Map<
    ConnectionId,
    { readonly ids: readonly number[]; readonly wholeAt: number | null }
  >();
  private readonly createdAt = new Map<ConnectionId, number>();

  constructor(private readonly clock: { readonly now: () => number }) {}

  clear(): void {
    this.listed.clear();
    this.createdAt.clear();
  }

  /** As a sweep stores it; `wholeAt` null: the list hid rows. */
  store(connectionId: ConnectionId, ids: readonly number[], wholeAt: number | null = this.clock.now()): void {
    this.listed.set(connectionId, { ids, wholeAt });
  }

  find(connectionId: ConnectionId, clientIds: readonly number[]): ReturnType<KnownClients['find']> {
    const list = this.listed.get(connectionId);
    if (list === undefined) return Promise.resolve(new Map());
    const createdAt = this.createdAt.get(connectionId) ?? null;
    const { ids, wholeAt } = list;
    const listingOf = (id: number): ClientListing => ({
      isRemembered: ids.includes(id),
      isSuspect: false,
      wholeAt,
      createdAt,
      now: this.clock.now(),
    });
    return Promise.resolve(new Map(clientIds.map((id) => [id, listingOf(id)])));
  }

  /** Connections share no account here. */
  noteCreation(connectionId: ConnectionId): Promise<void> {
    this.createdAt.set(connectionId, this.clock.now());
    return Promise.resolve();
  }
}
