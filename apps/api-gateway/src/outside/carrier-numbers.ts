import type { Carriers, NumberListing } from '@dialtone/carriers';
import type { ConnectionId } from '@dialtone/domain';
import type { CarrierAccessStore } from '@dialtone/persistence';

/** `unopened`: the credentials of the connection cannot be used. */
export type ReadNumbers = NumberListing | { readonly kind: 'unopened' };

/** Reads the numbers of a connection at its carrier, all pages. Readers at the same time share one reading. */
export type CarrierNumbers = (connectionId: ConnectionId) => Promise<ReadNumbers>;

export const carrierNumbersOf = (store: CarrierAccessStore, carriers: Pick<Carriers, 'open'>): CarrierNumbers => {
  const running = new Map<ConnectionId, Promise<ReadNumbers>>();
  const read = async (id: ConnectionId): Promise<ReadNumbers> => {
    const access = await store.find(id);
    if (access === null || access.credentials === null) return { kind: 'unopened' };
    const { provider, baseUrl, credentials } = access;
    return (await carriers.open(provider, { baseUrl, credentials })?.listNumbers()) ?? { kind: 'unopened' };
  };
  return (id) => {
    const reading =
      running.get(id) ??
      read(id).finally(() => {
        running.delete(id);
      });
    running.set(id, reading);
    return reading;
  };
};
