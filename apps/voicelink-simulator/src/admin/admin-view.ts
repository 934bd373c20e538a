import { type Bot, type Client, type Did, type Routing } from '../world/records';
import { type World } from '../world/world';

/** The true state of one DID, with everything that decides whether it can take calls. */
export interface DidView {
  readonly did: Did;
  readonly client: Client | null;
  readonly bots: readonly Bot[];
  readonly routing: Routing | null;
}

export const didView = (world: World, did: Did): DidView => {
  const client = did.clientId === null ? null : (world.clients.get(did.clientId) ?? null);
  return {
    did,
    client,
    bots: client === null ? [] : world.botsOf(client.id),
    routing: world.routingOf(did.id) ?? null,
  };
};

export interface Page<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

export interface Window {
  readonly limit: number;
  readonly offset: number;
}

export const pageOf = <T, V>(rows: readonly T[], { limit, offset }: Window, view: (row: T) => V): Page<V> => ({
  total: rows.length,
  rows: rows.slice(offset, offset + limit).map(view),
});
