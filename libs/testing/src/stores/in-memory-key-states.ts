import { isDeepStrictEqual } from 'node:util';
import type { DidScope, KnownIds } from '@dialtone/contracts';
import { type ConnectionId, diffDrift, type DidKey, type OpenDrift, phoneNumberOf } from '@dialtone/domain';
import {
  bucketOf,
  type KeySelection,
  type KeyStates,
  type KeyUpdate,
  type StoredKey,
  type StoredSummary,
} from '@dialtone/engine';
import { type DidRecord, didOf, neverSeen, type NewEvent, type Tables } from './tables';

/** Written apart from the form on PostgreSQL, so that each checks the other through the contract. */
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
      return [bucket, JSON.stringify(sorted.map((key) => this.factsOf(connectionId, key)))] as const;
    });
    const declared = known.filter((key) => key.declared !== null).length;
    return Promise.resolve({ fingerprints: new Map(fingerprints), keys: known.length, declared });
  }

  loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null> {
    const id = didOf(connectionId, key);
    const known = this.tables.dids.has(id) || this.tables.phoneNumbers.has(id);
    return Promise.resolve(known ? this.stored(connectionId, key) : null);
  }

  apply(
    connectionId: ConnectionId,
    updates: readonly KeyUpdate[],
    options: { readonly makeDue: boolean },
  ): Promise<readonly DidKey[]> {
    const newestLast = [...updates].sort((a, b) => a.observation.observedAt - b.observation.observedAt);
    const onePerKey = [...new Map(newestLast.map((update) => [update.observation.key, update])).values()];
    const written = onePerKey.filter((update) => this.applyOne(connectionId, update, options.makeDue));
    return Promise.resolve(written.map((update) => update.observation.key));
  }

  private known(connectionId: ConnectionId): StoredKey[] {
    const prefix = didOf(connectionId, '');
    const known = [...this.tables.dids, ...this.tables.phoneNumbers].filter(([id]) => id.startsWith(prefix));
    return [...new Set(known.map(([, { key }]) => key))].map((key) => this.stored(connectionId, key));
  }

  private factsOf(connectionId: ConnectionId, { key, state, stale, presence, digest, declared }: StoredKey): unknown {
    const local = this.tables.phoneNumbers.get(didOf(connectionId, key));
    const agent = local === undefined || local.agentId === null ? undefined : this.tables.agents.get(local.agentId);
    const agentId = agent === undefined || agent.deleted ? null : agent.id;
    return [key, state, stale, presence, digest, declared, local?.id ?? null, agentId];
  }

  private stored(connectionId: ConnectionId, key: DidKey): StoredKey {
    const row = this.tables.dids.get(didOf(connectionId, key));
    const { state, issues, stale, observedAt, presence, drift, digest } = row ?? neverSeen(key);
    const binding = this.tables.bindings.get(didOf(connectionId, key))?.binding;
    const declared = binding === undefined ? null : { agentId: binding.agentId, clientId: binding.clientId };
    return { key, state, issues, stale, observedAt, presence, drift, digest, declared };
  }

  private applyOne(connectionId: ConnectionId, update: KeyUpdate, makeDue: boolean): boolean {
    const { observation, readiness } = update;
    const was = this.stored(connectionId, observation.key);
    if (was.observedAt > observation.observedAt) return false;
    const is = this.after(was, update);
    if (Object.entries(is).every(([name, value]) => isDeepStrictEqual(was[name as keyof StoredKey], value)))
      return false;
    const row: DidRecord = this.tables.did(connectionId, observation.key);
    Object.assign(row, is, readiness.complete ? { observedAt: observation.observedAt } : {});
    if (readiness.complete) this.tell(connectionId, was, update);
    if (readiness.complete && makeDue) this.makeDue(connectionId, was, update);
    return true;
  }

  /** What the row will say; an incomplete verdict leaves the last complete one. */
  private after(was: StoredKey, update: KeyUpdate): Partial<StoredKey> {
    const { presence } = update.observation;
    const { complete, state, issues } = update.readiness;
    if (!complete) return { stale: true, presence };
    return { state, issues, stale: false, presence, drift: this.driftAfter(was.drift, update), digest: update.digest };
  }

  private makeDue(connectionId: ConnectionId, was: StoredKey, update: KeyUpdate): void {
    const binding = this.tables.bindings.get(didOf(connectionId, update.observation.key));
    const unblocked = was.digest !== update.digest && update.readiness.issues.length > 0;
    if (binding !== undefined && (verdictChanged(was, update) || unblocked)) this.tables.trigger(binding);
  }

  private driftAfter(open: OpenDrift | null, { readiness }: KeyUpdate): OpenDrift | null {
    const change = diffDrift(open, readiness);
    switch (change.kind) {
      case 'none':
        return open;
      case 'resolved':
        return null;
      case 'opened':
        return { id: this.tables.driftId(), openedAt: this.tables.clock.now(), issues: change.issues };
      case 'changed':
        return { ...change.drift, issues: change.issues };
    }
  }

  /** Logs what became of a complete verdict: at most one event about readiness and one about drift, in this order. */
  private tell(connectionId: ConnectionId, was: StoredKey, update: KeyUpdate): void {
    const { readiness, observation } = update;
    const open = this.tables.did(connectionId, observation.key).drift;
    const verdict = { issues: readiness.issues, action_items: readiness.actionItems };
    if (verdictChanged(was, update)) {
      this.append('dialtone.readiness.changed.v1', {
        ...this.scope(connectionId, was, update),
        ...verdict,
        observed_at: iso(observation.observedAt),
        ...(was.observedAt > 0 ? { previous_state: was.state } : {}),
        ...(open === null ? {} : { drift_id: open.id }),
      });
    }
    if (isDeepStrictEqual(was.drift, open)) return;
    const scope = this.scope(connectionId, was, update);
    if (was.drift === null) {
      if (open !== null) this.append('dialtone.drift.detected.v1', { ...scope, ...verdict, ...opened(open) });
      return;
    }
    const base = { ...scope, ...opened(was.drift), previous_issues: was.drift.issues };
    if (open !== null) this.append('dialtone.drift.changed.v1', { ...base, ...verdict });
    else {
      const ended = { issues: [], action_items: [], resolved_at: scope.occurred_at };
      this.append('dialtone.drift.resolved.v1', { ...base, ...ended });
    }
  }

  private scope(connectionId: ConnectionId, was: StoredKey, update: KeyUpdate): DidScope & KnownIds {
    const { key } = update.observation;
    const scope = {
      connection_id: connectionId,
      partner_id: this.tables.connections.get(connectionId)?.partnerId ?? '',
      key,
      phone_number: phoneNumberOf(key),
      seq: this.tables.nextEventSeq(connectionId, key),
      occurred_at: iso(this.tables.clock.now()),
    };
    const { state } = update.readiness;
    return { ...scope, ...knownIds(was, update), ...{ state, declared: was.declared !== null } };
  }

  private append(type: NewEvent['type'], data: DidScope & Readonly<Record<string, unknown>>): void {
    const { connection_id, key, seq } = data;
    // The data of each type is built where it is logged.
    const event: unknown = { type, connection_id, key, seq, data };
    this.tables.append([event as NewEvent]);
  }
}

const isSelected = (only: KeySelection, { key, declared }: StoredKey): boolean => {
  if (only.kind === 'range')
    return (only.after === null || key > only.after) && (only.through === null || key <= only.through);
  const clientId = declared?.clientId ?? null;
  const isOfClient = clientId !== null && only.clientIds.includes(clientId);
  return only.buckets.some((bucket) => key.endsWith(bucket)) || only.keys.includes(key) || isOfClient;
};

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

const opened = (drift: OpenDrift): { readonly drift_id: string; readonly opened_at: string } => ({
  drift_id: drift.id,
  opened_at: iso(drift.openedAt),
});

const verdictChanged = (was: StoredKey, { readiness }: KeyUpdate): boolean =>
  was.state !== readiness.state || !isDeepStrictEqual(was.issues, readiness.issues);

const knownIds = (was: StoredKey, { observation, readiness }: KeyUpdate): KnownIds => {
  const { did, routing, local } = observation;
  const ids = [
    ['did_id', did?.didId],
    ['client_id', did?.clientId],
    ['routing_id', routing?.id],
    ['bot_id', readiness.bot?.id],
    ['local_phone_number_id', local?.id],
    ['agent_id', was.declared?.agentId ?? local?.agentId],
  ] as const;
  return Object.fromEntries(ids.filter(([, id]) => id !== undefined && id !== null)) as KnownIds;
};
