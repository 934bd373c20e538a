import type { ConnectionId, DidKey } from '@dialtone/domain';
import {
  bucketOf,
  flapEnd,
  newestPerKey,
  verdictEnd,
  transition,
  type ApplyOptions,
  type KeySelection,
  type KeyStates,
  type KeyUpdate,
  type StoredKey,
  type StoredSummary,
} from '@dialtone/engine';
import { type BindingRecord, type ConnectionRecord, didOf, type Tables } from './tables';

/** Reads a row, lets the engine decide what an update changes, and writes that. */
export class InMemoryKeyStates implements KeyStates {
  constructor(private readonly tables: Tables) {}

  load(connectionId: ConnectionId, only?: KeySelection): Promise<ReadonlyMap<DidKey, StoredKey>> {
    const known = this.known(connectionId);
    const selected = only === undefined ? known : known.filter((key) => isSelected(only, key));
    return Promise.resolve(new Map(selected.map((stored) => [stored.key, stored])));
  }

  summary(connectionId: ConnectionId, bucketDigits: number): Promise<StoredSummary> {
    const known = this.known(connectionId);
    const buckets = Map.groupBy(known, ({ key }) => bucketOf(key, bucketDigits));
    const fingerprints = [...buckets].map(([bucket, keys]) => {
      const sorted = keys.sort((a, b) => (a.key < b.key ? -1 : 1));
      return [bucket, sorted.map((key) => this.factsOf(connectionId, key)).join()] as const;
    });
    const declared = known.filter((key) => key.declared !== null).length;
    return Promise.resolve({ fingerprints: new Map(fingerprints), keys: known.length, declared });
  }

  loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null> {
    const id = didOf(connectionId, key);
    const known = this.tables.dids.has(id) || this.tables.phoneNumbers.has(id);
    return Promise.resolve(known ? this.stored(connectionId, key) : null);
  }

  apply(connectionId: ConnectionId, updates: readonly KeyUpdate[], options: ApplyOptions): Promise<readonly DidKey[]> {
    const written = newestPerKey(updates).filter((update) => this.applyOne(connectionId, update, options));
    return Promise.resolve(written.map((update) => update.observation.key));
  }

  end(connectionId: ConnectionId, keys: readonly DidKey[]): Promise<void> {
    const { tables } = this;
    const partnerId = tables.connections.get(connectionId)?.partnerId;
    if (partnerId === undefined) return Promise.resolve();
    for (const key of keys) {
      const locked = { stored: this.stored(connectionId, key), eventSeq: tables.did(connectionId, key).eventSeq };
      const end = verdictEnd({ partnerId, connectionId, now: tables.clock.now() }, locked, 'other_connection');
      if (end === null) continue;
      tables.writeDid(connectionId, key, end.after);
      tables.append(end.events);
      tables.keep(end.history);
      if (end.calmed) tables.tellStatus(connectionId, key);
    }
    return Promise.resolve();
  }

  endFlapping(limit: number): Promise<number> {
    const { tables } = this;
    const now = tables.clock.now();
    const over = this.flapping().filter(({ until }) => until <= now);
    for (const { id: connectionId, partnerId, key } of over.slice(0, limit)) {
      const locked = { stored: this.stored(connectionId, key), eventSeq: tables.did(connectionId, key).eventSeq };
      const end = flapEnd({ partnerId, connectionId, now }, locked);
      if (end === null) continue;
      tables.writeDid(connectionId, key, end.after);
      tables.append(end.events);
      tables.tellStatus(connectionId, key);
    }
    return Promise.resolve(Math.min(over.length, limit));
  }

  nextFlapEndInMs(): Promise<number | null> {
    const ends = this.flapping().map(({ until }) => until);
    return Promise.resolve(ends.length === 0 ? null : Math.max(0, Math.min(...ends) - this.tables.clock.now()));
  }

  private flapping(): readonly (ConnectionRecord & { readonly key: DidKey; readonly until: number })[] {
    const active = [...this.tables.connections.values()].filter(({ status }) => status === 'ACTIVE');
    return active.flatMap((connection) =>
      this.known(connection.id).flatMap(({ key, flap }) =>
        flap?.flapping ? [{ ...connection, key, until: flap.flapping.until }] : [],
      ),
    );
  }

  private known(connectionId: ConnectionId): StoredKey[] {
    const prefix = didOf(connectionId, '');
    const known = new Set<DidKey>();
    for (const rows of [this.tables.dids, this.tables.phoneNumbers])
      for (const [id, { key }] of rows) if (id.startsWith(prefix)) known.add(key);
    return [...known].map((key) => this.stored(connectionId, key));
  }

  private factsOf(connectionId: ConnectionId, { key, presence, declared }: StoredKey): string {
    const { stored } = this.tables.did(connectionId, key);
    const local = this.tables.phoneNumbers.get(didOf(connectionId, key));
    const agent = local === undefined || local.agentId === null ? undefined : this.tables.agents.get(local.agentId);
    const agentId = agent === undefined || agent.deleted ? null : agent.id;
    const around = [key, presence.everListed ?? false, declared, local?.id ?? null, agentId];
    return textOf(stored) + JSON.stringify(around);
  }

  private stored(connectionId: ConnectionId, key: DidKey): StoredKey {
    const row = this.tables.bindings.get(didOf(connectionId, key));
    const declared = row === undefined || row.binding.releasing !== undefined ? null : declaredBy(row);
    const { stored } = this.tables.did(connectionId, key);
    if (stored.presence.everListed === true || !this.wasListed(connectionId, key)) return { ...stored, declared };
    return { ...stored, presence: { ...stored.presence, everListed: true }, declared };
  }

  /** On any connection of the partner. */
  private wasListed(connectionId: ConnectionId, key: DidKey): boolean {
    const { connections, dids } = this.tables;
    const partnerId = connections.get(connectionId)?.partnerId;
    const own = [...connections.values()].filter((connection) => connection.partnerId === partnerId);
    return own.some(({ id }) => dids.get(didOf(id, key))?.stored.presence.everListed === true);
  }

  private applyOne(connectionId: ConnectionId, update: KeyUpdate, { makeDue, flapping }: ApplyOptions): boolean {
    const { tables } = this;
    const { key } = update.observation;
    const connection = tables.connections.get(connectionId);
    if (connection === undefined) throw new Error(`There is no connection ${connectionId}.`);
    if (connection.status === 'DISCONNECTED') return false;
    const { partnerId } = connection;
    const scope = {
      ...{ partnerId, connectionId, now: tables.clock.now(), mintDriftId: () => tables.driftId() },
      ...(flapping && { flapping }),
    };
    const locked = { stored: this.stored(connectionId, key), eventSeq: tables.did(connectionId, key).eventSeq };
    const made = transition(scope, locked, update);
    if (made === null) return false;
    tables.writeDid(connectionId, key, made.after);
    tables.append(made.events);
    tables.keep(made.history);
    if (made.calmed) tables.tellStatus(connectionId, key);
    const binding = tables.bindings.get(didOf(connectionId, key));
    if (makeDue && made.needsWork && binding !== undefined) tables.trigger(binding);
    return true;
  }
}

/** Of a row that stays as it is, made once: every sweep asks for all. */
const texts = new WeakMap<StoredKey, string>();
const textOf = (stored: StoredKey): string => {
  const { state, stale, presence, digest, advisories } = stored;
  const text = texts.get(stored) ?? JSON.stringify([state, stale, presence, digest, advisories]);
  texts.set(stored, text);
  return text;
};

const declaredBy = ({ binding, madeBotId }: BindingRecord): NonNullable<StoredKey['declared']> => {
  const { agentId, clientId, botName, websocketUrl } = binding;
  return { agentId, clientId, botName, websocketUrl, madeBotId };
};

const isSelected = (only: KeySelection, { key, declared }: StoredKey): boolean => {
  if (only.kind === 'range')
    return (only.after === null || key > only.after) && (only.through === null || key <= only.through);
  const clientId = declared?.clientId ?? null;
  const isOfClient = clientId !== null && only.clientIds.includes(clientId);
  return only.buckets.some((bucket) => key.endsWith(bucket)) || only.keys.includes(key) || isOfClient;
};
