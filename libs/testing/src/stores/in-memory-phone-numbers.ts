import { type ConnectionId, type DidKey, type LocalPhoneNumber, parsePhoneNumberId } from '@dialtone/domain';
import type { PhoneNumbers } from '@dialtone/engine';
import { didOf, type PhoneNumberRecord, type Tables } from './tables';

export class InMemoryPhoneNumbers implements PhoneNumbers {
  constructor(private readonly tables: Tables) {}

  byConnection(connectionId: ConnectionId): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>> {
    const found = [...this.tables.phoneNumbers.values()].filter((row) => row.connectionId === connectionId);
    return Promise.resolve(new Map(found.map((row) => [row.key, this.#toLocal(row)])));
  }

  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null> {
    const row = this.tables.phoneNumbers.get(didOf(connectionId, key));
    return Promise.resolve(row === undefined ? null : this.#toLocal(row));
  }

  import(input: Parameters<PhoneNumbers['import']>[0]): Promise<LocalPhoneNumber> {
    const { partnerId, connectionId, key } = input;
    const known = this.tables.phoneNumbers.get(didOf(connectionId, key));
    if (known !== undefined) return Promise.resolve(this.#toLocal(known));
    const id = parsePhoneNumberId(this.tables.uuid());
    if (id === null) throw new Error('The world made an id that the domain refuses.');
    const row = { id, partnerId, connectionId, key, agentId: null };
    this.tables.phoneNumbers.set(didOf(connectionId, key), row);
    return Promise.resolve(this.#toLocal(row));
  }

  assignAgent(input: Parameters<PhoneNumbers['assignAgent']>[0]): Promise<boolean> {
    const agent = this.tables.agents.get(input.agentId);
    const row = this.tables.phoneNumbers.get(didOf(input.connectionId, input.key));
    if (agent === undefined || agent.deleted || agent.partnerId !== input.partnerId) return Promise.resolve(false);
    if (row?.partnerId !== input.partnerId) return Promise.resolve(false);
    row.agentId = agent.id;
    return Promise.resolve(true);
  }

  /** An agent that was deleted counts as none. */
  #toLocal({ id, key, agentId }: PhoneNumberRecord): LocalPhoneNumber {
    const agent = agentId === null ? undefined : this.tables.agents.get(agentId);
    if (agent === undefined || agent.deleted) return { id, key, agentId: null, agentName: null };
    return { id, key, agentId: agent.id, agentName: agent.name };
  }
}
