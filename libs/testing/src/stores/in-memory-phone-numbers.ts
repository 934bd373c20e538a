import { type ConnectionId, type DidKey, type LocalPhoneNumber, parsePhoneNumberId } from '@dialtone/domain';
import type { LocalNumberRow, PhoneNumbers } from '@dialtone/engine';
import { didOf, type PhoneNumberRecord, type Tables } from './tables';

/** Every row here was imported from a list, so no claim on inbound calls lacks its proof and none ends by another's. */
export class InMemoryPhoneNumbers implements PhoneNumbers {
  constructor(private readonly tables: Tables) {}

  byConnection(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>> {
    const found = [...this.tables.phoneNumbers.values()].filter(
      (row) => row.connectionId === connectionId && (keys === undefined || keys.includes(row.key)),
    );
    return Promise.resolve(new Map(found.map((row) => [row.key, this.toLocal(row)])));
  }

  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null> {
    const row = this.tables.phoneNumbers.get(didOf(connectionId, key));
    return Promise.resolve(row === undefined ? null : this.toLocal(row));
  }

  rows(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<readonly LocalNumberRow[]> {
    const found = [...this.tables.phoneNumbers.values()]
      .filter((row) => row.connectionId === connectionId && (keys === undefined || keys.includes(row.key)))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return Promise.resolve(found.map((row) => this.toRow(row)));
  }

  import(input: Parameters<PhoneNumbers['import']>[0]): Promise<LocalPhoneNumber | null> {
    const row = this.known(input) ?? (this.tables.isActive(input.connectionId) ? this.add(input) : null);
    return Promise.resolve(row === null ? null : this.toLocal(row));
  }

  importAll({ keys, ...place }: Parameters<PhoneNumbers['importAll']>[0]): Promise<readonly DidKey[]> {
    if (!this.tables.isActive(place.connectionId)) return Promise.resolve([]);
    const missing = keys.filter((key) => this.known({ ...place, key }) === undefined).sort();
    for (const key of missing) this.add({ ...place, key, friendlyName: key });
    return Promise.resolve(missing);
  }

  assignAgent(input: Parameters<PhoneNumbers['assignAgent']>[0]): Promise<boolean> {
    const agent = this.tables.agents.get(input.agentId);
    const row = this.tables.phoneNumbers.get(didOf(input.connectionId, input.key));
    if (agent === undefined || agent.deleted || agent.partnerId !== input.partnerId) return Promise.resolve(false);
    if (row?.partnerId !== input.partnerId) return Promise.resolve(false);
    if (row.agentId !== agent.id) row.updatedAt = this.tables.clock.now();
    row.agentId = agent.id;
    return Promise.resolve(true);
  }

  unassignAgent({ connectionId, key, agentId }: Parameters<PhoneNumbers['unassignAgent']>[0]): Promise<void> {
    const row = this.tables.phoneNumbers.get(didOf(connectionId, key));
    if (row?.agentId !== agentId) return Promise.resolve();
    row.agentId = null;
    row.updatedAt = this.tables.clock.now();
    return Promise.resolve();
  }

  private known({ connectionId, key }: { readonly connectionId: ConnectionId; readonly key: DidKey }) {
    return this.tables.phoneNumbers.get(didOf(connectionId, key));
  }

  private add({
    partnerId,
    connectionId,
    key,
    friendlyName,
  }: Parameters<PhoneNumbers['import']>[0]): PhoneNumberRecord {
    const id = parsePhoneNumberId(this.tables.uuid());
    if (id === null) throw new Error('The world made an id that the domain refuses.');
    const inboundEnabled = ![...this.tables.phoneNumbers.values()].some((row) => row.key === key && row.inboundEnabled);
    const now = this.tables.clock.now();
    const times = { createdAt: now, updatedAt: now };
    const row = { id, partnerId, connectionId, key, friendlyName, inboundEnabled, agentId: null, ...times };
    this.tables.phoneNumbers.set(didOf(connectionId, key), row);
    return row;
  }

  private toRow(row: PhoneNumberRecord): LocalNumberRow {
    const { friendlyName, inboundEnabled, createdAt, updatedAt } = row;
    const shown = { friendlyName, status: 'ACTIVE', isDefault: false, inboundEnabled, createdAt, updatedAt } as const;
    return { ...this.toLocal(row), ...shown };
  }

  /** A deleted agent counts as none. */
  private toLocal({ id, key, agentId }: PhoneNumberRecord): LocalPhoneNumber {
    const agent = agentId === null ? undefined : this.tables.agents.get(agentId);
    if (agent === undefined || agent.deleted) return { id, key, agentId: null, agentName: null };
    return { id, key, agentId: agent.id, agentName: agent.name };
  }
}
