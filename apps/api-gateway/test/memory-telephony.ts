import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, PartnerId, PhoneNumberId } from '@dialtone/domain';
import {
  MAX_SHOWN_NUMBERS,
  nameKey,
  TooManyConnectionsError,
  type AgentDetails,
  type AgentProfile,
  type AgentStore,
  type ConnectionRow,
  type ConnectionStore,
  type ConnectionView,
  type GivenNumber,
  type PhoneNumberInventory,
  type PhoneNumberRow,
} from '@dialtone/persistence';
import type { LoginAttempt, LoginVerdict, VoiceLinkLogin } from '../src/outside/voicelink-login';

export const MEMORY_TIME = new Date('2026-06-09T10:35:00.000Z');

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type NumberRecord = Mutable<PhoneNumberRow> & { readonly partnerId: PartnerId };
type AgentRecord = AgentDetails & { deleted: boolean };
type Access = Pick<Parameters<ConnectionStore['create']>[0], 'baseUrl' | 'defaultNumber' | 'verification'>;

/** Connections, numbers and agents without a database; newest last. */
export class MemoryTelephony {
  readonly rows: Mutable<ConnectionRow>[] = [];
  readonly numbers: NumberRecord[] = [];
  readonly agentRows: AgentRecord[] = [];
  /** What the stores were given to seal. */
  readonly sealed = new Map<ConnectionId, unknown>();
  readonly attempts: LoginAttempt[] = [];
  verdict: LoginVerdict = { kind: 'verified' };

  readonly login: VoiceLinkLogin = (attempt) => {
    this.attempts.push(attempt);
    return Promise.resolve(this.verdict);
  };

  clear(): void {
    for (const list of [this.rows, this.numbers, this.agentRows, this.attempts]) list.length = 0;
    this.sealed.clear();
    this.verdict = { kind: 'verified' };
  }

  add(row: Partial<ConnectionRow> & Pick<ConnectionRow, 'partnerId'>): ConnectionId {
    const id = randomUUID() as unknown as ConnectionId;
    const { provider = 'voicelink' } = row;
    this.rows.push({
      id,
      provider,
      name: 'VoiceLink',
      status: 'ACTIVE',
      isDefault: this.defaultOf(row.partnerId, provider) === undefined,
      baseUrl: null,
      writesHeld: null,
      lastVerifiedAt: null,
      lastErrorMessage: null,
      lastSweptAt: null,
      createdAt: MEMORY_TIME,
      updatedAt: MEMORY_TIME,
      ...row,
    });
    return id;
  }

  addAgent(partnerId: PartnerId, name: string, profile: Partial<AgentProfile> = {}): AgentId {
    const id = randomUUID() as unknown as AgentId;
    const none: AgentProfile = { prompt: null, voiceId: null, language: null, agentType: null, projectId: null };
    const times = { createdAt: MEMORY_TIME, updatedAt: MEMORY_TIME };
    this.agentRows.push({ id, partnerId, name, ...none, ...profile, ...times, deleted: false });
    return id;
  }

  agent(partnerId: PartnerId, id: AgentId): AgentRecord | undefined {
    return this.agentRows.find((row) => row.id === id && row.partnerId === partnerId && !row.deleted);
  }

  readonly connections: Omit<ConnectionStore, 'access' | 'replaceAccess' | 'resealCredentials'> = {
    create: ({ partnerId, provider = 'voicelink', name, credentials, atMost = Infinity, ...access }) => {
      const active = this.rows.filter((row) => row.partnerId === partnerId && row.status === 'ACTIVE').length;
      if (active >= atMost) return Promise.reject(new TooManyConnectionsError(atMost));
      const id = this.add({ partnerId, provider, name });
      this.sealed.set(id, credentials);
      this.grant(this.row(partnerId, id), access);
      return Promise.resolve(this.row(partnerId, id));
    },
    configureDefault: async ({ partnerId, provider, name, access, atMost = Infinity }) => {
      const current = this.defaultOf(partnerId, provider);
      if (current === undefined) {
        const { id } = await this.connections.create({ partnerId, provider, name, ...access, atMost });
        return { id, created: true };
      }
      this.sealed.set(current.id, access.credentials);
      this.grant(current, access);
      return { id: current.id, created: false };
    },
    active: (partnerId, provider = 'voicelink') =>
      Promise.resolve(
        this.rows.filter((row) => row.partnerId === partnerId && row.provider === provider && row.status === 'ACTIVE'),
      ),
    find: (partnerId, id) =>
      Promise.resolve(this.rows.find((row) => row.partnerId === partnerId && row.id === id) ?? null),
    view: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      return row === null ? null : this.viewOf(row);
    },
    list: ({ partnerId, provider, status }) =>
      Promise.resolve(
        this.rows
          .filter((row) => row.partnerId === partnerId && row.status === status)
          .filter((row) => provider === undefined || row.provider === provider)
          .map((row) => this.viewOf(row)),
      ),
    rename: async (partnerId, id, name) => {
      const row = await this.connections.find(partnerId, id);
      if (row?.status !== 'ACTIVE') return false;
      Object.assign(row, { name });
      return true;
    },
    disconnect: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      if (row === null) return false;
      Object.assign(row, { status: 'DISCONNECTED', isDefault: false });
      for (const number of this.numbers) {
        if (number.connectionId === id) Object.assign(number, { status: 'INACTIVE', inboundEnabled: false });
      }
      const heir = this.rows.find(
        (other) => other.partnerId === partnerId && other.provider === row.provider && other.status === 'ACTIVE',
      );
      if (heir !== undefined && this.defaultOf(partnerId, row.provider) === undefined) heir.isDefault = true;
      return true;
    },
    acknowledgeHold: async (partnerId, id) => {
      const row = await this.connections.find(partnerId, id);
      if (row === null || row.writesHeld === null) return false;
      Object.assign(row, { writesHeld: null });
      return true;
    },
  };

  readonly inventory: PhoneNumberInventory = {
    list: (input) => {
      const matching = this.numbers.filter((row) => isWanted(row, input));
      const items = matching.toReversed().slice(input.offset, input.offset + input.limit);
      return Promise.resolve({ items, total: matching.length });
    },
    find: (partnerId, id) =>
      Promise.resolve(this.numbers.find((row) => row.partnerId === partnerId && row.id === id) ?? null),
    update: async (partnerId, id, change) => {
      const row = this.numbers.find((one) => one.partnerId === partnerId && one.id === id);
      if (row === undefined) return { kind: 'not_found' };
      const revives = change.status === 'ACTIVE' || change.inboundEnabled === true;
      if (revives && this.row(partnerId, row.connectionId).status !== 'ACTIVE') return { kind: 'disconnected' };
      const agent = this.chosenAgent(row, change.agentId);
      if (agent === undefined) return { kind: 'agent_not_found' };
      const changed = { ...row, ...change, agent };
      if (changed.status === 'ACTIVE' && changed.inboundEnabled && this.isTaken(row)) return { kind: 'inbound_taken' };
      Object.assign(row, changed);
      return Promise.resolve({ kind: 'updated', row });
    },
    sync: ({ partnerId, connectionId, numbers }) => {
      const taken = numbers.find(({ key }) => this.isTaken({ key, connectionId }));
      if (taken !== undefined) return Promise.resolve({ kind: 'inbound_taken', key: taken.key });
      let created = 0;
      const rows = numbers.map((given) => {
        const known = this.numbers.find((row) => row.connectionId === connectionId && row.key === given.key);
        if (known === undefined) created += 1;
        return Object.assign(known ?? this.addNumber(partnerId, connectionId, given), { inboundEnabled: true });
      });
      return Promise.resolve({ kind: 'synced', created, rows });
    },
  };

  readonly agents: AgentStore = {
    create: (partnerId, name, profile) => {
      const taken = this.agentRows.some(
        (row) => row.partnerId === partnerId && nameKey(row.name) === nameKey(name) && !row.deleted,
      );
      if (taken) return Promise.resolve('name_taken');
      return Promise.resolve({ id: this.addAgent(partnerId, name, profile), partnerId, name });
    },
    find: (partnerId, id) => Promise.resolve(this.agent(partnerId, id) ?? null),
    details: (partnerId, id) => Promise.resolve(this.agent(partnerId, id) ?? null),
    list: (partnerId) => Promise.resolve(this.agentsOf(partnerId)),
    page: ({ partnerId, limit, offset }) => {
      const rows = this.agentsOf(partnerId);
      return Promise.resolve({ items: rows.toReversed().slice(offset, offset + limit), total: rows.length });
    },
    remove: (partnerId, id) => {
      const row = this.agent(partnerId, id);
      if (row === undefined) return Promise.resolve(false);
      row.deleted = true;
      for (const number of this.numbers) if (number.agent?.id === id) number.agent = null;
      return Promise.resolve(true);
    },
  };

  addNumber(partnerId: PartnerId, connectionId: ConnectionId, given: GivenNumber): NumberRecord {
    const row: NumberRecord = {
      id: randomUUID() as unknown as PhoneNumberId,
      partnerId,
      connectionId,
      provider: this.row(partnerId, connectionId).provider,
      ...given,
      friendlyName: null,
      status: 'ACTIVE',
      isDefault: false,
      inboundEnabled: false,
      agent: null,
      createdAt: MEMORY_TIME,
      updatedAt: MEMORY_TIME,
    };
    this.numbers.push(row);
    return row;
  }

  /** Undefined: there is no such agent. */
  private chosenAgent(row: NumberRecord, id: AgentId | null | undefined): PhoneNumberRow['agent'] | undefined {
    if (id === undefined) return row.agent;
    if (id === null) return null;
    const agent = this.agent(row.partnerId, id);
    return agent === undefined ? undefined : { id: agent.id, name: agent.name };
  }

  private agentsOf(partnerId: PartnerId): AgentRecord[] {
    return this.agentRows.filter((row) => row.partnerId === partnerId && !row.deleted);
  }

  private isTaken({ key, connectionId }: Pick<PhoneNumberRow, 'key' | 'connectionId'>): boolean {
    return this.numbers.some(
      (row) => row.key === key && row.connectionId !== connectionId && row.inboundEnabled && row.status === 'ACTIVE',
    );
  }

  private row(partnerId: PartnerId, id: ConnectionId): Mutable<ConnectionRow> {
    const row = this.rows.find((one) => one.partnerId === partnerId && one.id === id);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    return row;
  }

  private defaultOf(partnerId: PartnerId, provider: string): Mutable<ConnectionRow> | undefined {
    return this.rows.find((row) => row.partnerId === partnerId && row.provider === provider && row.isDefault);
  }

  private grant(row: Mutable<ConnectionRow>, { baseUrl, verification, defaultNumber = null }: Access): void {
    Object.assign(row, {
      baseUrl,
      lastVerifiedAt: verification?.kind === 'verified' ? MEMORY_TIME : null,
      lastErrorMessage: verification?.kind === 'unknown' ? verification.message : null,
    });
    if (defaultNumber === null) return;
    const own = this.numbers.filter((number) => number.connectionId === row.id);
    for (const number of own) number.isDefault = false;
    const known = own.find((number) => number.key === defaultNumber.key);
    (known ?? this.addNumber(row.partnerId, row.id, defaultNumber)).isDefault = true;
  }

  private viewOf(connection: ConnectionRow): ConnectionView {
    const all = this.numbers
      .filter((number) => number.connectionId === connection.id)
      .toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.key < b.key ? -1 : 1));
    const phoneNumbers = all.slice(0, MAX_SHOWN_NUMBERS);
    return { connection, phoneNumbers, hasMoreNumbers: all.length > phoneNumbers.length };
  }
}

const isWanted = (row: NumberRecord, input: Parameters<PhoneNumberInventory['list']>[0]): boolean => {
  const asked: readonly (readonly [wanted: unknown, is: unknown])[] = [
    [input.partnerId, row.partnerId],
    [input.connectionId, row.connectionId],
    [input.provider, row.provider],
    [input.status, row.status],
    [input.agentId, row.agent?.id],
    [input.assigned, row.agent !== null],
    [input.inboundEnabled, row.inboundEnabled],
    [input.key, row.key],
  ];
  return asked.every(([wanted, is]) => wanted === undefined || wanted === is);
};
