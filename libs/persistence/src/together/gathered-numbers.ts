import type { ConnectionId, DidKey, LocalPhoneNumber } from '@dialtone/domain';
import type { ApplyOptions, KeyStates, KeyUpdate, PhoneNumbers, StoredKey } from '@dialtone/engine';
import { currentTraceparent } from '@dialtone/tracing';
import type { Queryable } from '../db';
import { readStored } from '../engine/key-states.store';
import { assignAgents, importNumbers, localNumbers, type Transactional } from '../engine/phone-numbers.store';
import { Gathered } from './gathered';
import { overriding } from './overriding';

interface OfKey {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
}

const connectionOf = ({ connectionId }: Pick<OfKey, 'connectionId'>): string => connectionId;

/** What is read of one number, read for several of a connection at once; null: there is nothing. */
const ofNumber = <Answer>(
  read: (connectionId: ConnectionId, keys: readonly DidKey[]) => Promise<ReadonlyMap<DidKey, Answer>>,
): ((connectionId: ConnectionId, key: DidKey) => Promise<Answer | null>) => {
  const gathered = new Gathered<OfKey, Answer | null>(connectionOf, async (asks) => {
    const found = await read(asks[0].connectionId, [...new Set(asks.map(({ key }) => key))]);
    return asks.map(({ key }) => found.get(key) ?? null);
  });
  return (connectionId, key) => gathered.ask({ connectionId, key });
};

interface Applying {
  readonly connectionId: ConnectionId;
  readonly update: KeyUpdate;
  readonly options: ApplyOptions;
}

/** Verdicts of single numbers. */
export const gatheredKeyStates = (reads: Queryable, keyStates: KeyStates): KeyStates => {
  const applying = new Gathered<Applying, readonly DidKey[]>(
    ({ connectionId, options }) => `${connectionId}/${JSON.stringify(options)}`,
    async (asks) => {
      const [{ connectionId, options }] = asks;
      const updates = asks.map(({ update }) => update);
      const written = new Set(await keyStates.apply(connectionId, updates, options));
      return updates.map(({ observation: { key } }) => (written.has(key) ? [key] : []));
    },
  );
  return overriding(keyStates, {
    loadOne: ofNumber<StoredKey>((connectionId, keys) => readStored(reads, connectionId, keys)),
    apply: (connectionId, updates, options) => {
      const [update] = updates;
      if (update === undefined || updates.length > 1) return keyStates.apply(connectionId, updates, options);
      const traceparent = currentTraceparent();
      return applying.ask({
        connectionId,
        update: { ...update, ...(traceparent !== null && { traceparent }) },
        options,
      });
    },
  });
};

/** What is read and changed of single rows. */
export const gatheredPhoneNumbers = (db: Transactional, reads: Queryable, phoneNumbers: PhoneNumbers): PhoneNumbers => {
  type Import = Parameters<PhoneNumbers['import']>[0];
  type Assignment = Parameters<PhoneNumbers['assignAgent']>[0];
  const importing = new Gathered<Import, LocalPhoneNumber | null>(connectionOf, (asks) =>
    importNumbers(db, asks[0], asks),
  );
  const assigning = new Gathered<Assignment, boolean>(connectionOf, (asks) => assignAgents(db, asks));
  return overriding(phoneNumbers, {
    find: ofNumber((connectionId, keys) => localNumbers(reads, connectionId, keys)),
    import: (input) => importing.ask(input),
    assignAgent: (input) => assigning.ask(input),
  });
};
