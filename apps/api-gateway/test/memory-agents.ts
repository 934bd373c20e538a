import { randomUUID } from 'node:crypto';
import type { AgentId, PartnerId } from '@dialtone/domain';
import {
  nameKey,
  QuotaReachedError,
  type AgentDetails,
  type AgentProfile,
  type AgentRow,
  type AgentStore,
} from '@dialtone/persistence';
import { NOW } from './observations';

const NO_PROFILE: AgentProfile = { prompt: null, voiceId: null, language: null, agentType: null, projectId: null };

/** Agents without a database; they pass the contract of the store on PostgreSQL. */
export class MemoryAgents {
  /** Those that are not deleted, oldest first. */
  private rows: AgentDetails[] = [];

  /** `onRemoved` is called with an agent that is deleted. */
  constructor(private readonly onRemoved: (id: AgentId) => void) {}

  clear(): void {
    this.rows = [];
  }

  add(partnerId: PartnerId, name: string, profile = NO_PROFILE): AgentId {
    const id = randomUUID() as unknown as AgentId;
    this.rows.push({ id, partnerId, name, ...profile, createdAt: NOW, updatedAt: NOW });
    return id;
  }

  find(partnerId: PartnerId, id: AgentId): AgentDetails | undefined {
    return this.rows.find((row) => row.id === id && row.partnerId === partnerId);
  }

  readonly store: AgentStore = {
    create: (partnerId, name, profile, atMost = 0) => {
      if (atMost !== 0 && this.of(partnerId).length >= atMost) {
        return Promise.reject(new QuotaReachedError('agents', atMost));
      }
      const isTaken = this.of(partnerId).some((row) => nameKey(row.name) === nameKey(name));
      return Promise.resolve(isTaken ? 'name_taken' : { id: this.add(partnerId, name, profile), partnerId, name });
    },
    find: (partnerId, id) => {
      const row = this.find(partnerId, id);
      return Promise.resolve(row === undefined ? null : toRow(row));
    },
    details: (partnerId, id) => Promise.resolve(this.find(partnerId, id) ?? null),
    named: (partnerId, names) =>
      Promise.resolve(
        this.of(partnerId)
          .filter(({ name }) => names.includes(name))
          .map(toRow)
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    page: ({ partnerId, limit, offset }) => {
      const rows = this.of(partnerId).map((row) => ({ ...row, prompt: null }));
      return Promise.resolve({ items: rows.toReversed().slice(offset, offset + limit), total: rows.length });
    },
    remove: (partnerId, id) => {
      if (this.find(partnerId, id) === undefined) return Promise.resolve(false);
      this.rows = this.rows.filter((row) => row.id !== id);
      this.onRemoved(id);
      return Promise.resolve(true);
    },
  };

  private of(partnerId: PartnerId): readonly AgentDetails[] {
    return this.rows.filter((row) => row.partnerId === partnerId);
  }
}

const toRow = ({ id, partnerId, name }: AgentDetails): AgentRow => ({ id, partnerId, name });
