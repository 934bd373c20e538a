import type { AgentId, PartnerId } from '@dialtone/domain';

/** What a partner may say about an agent besides its name; bindings need none of it. */
export interface AgentProfile {
  readonly prompt: string | null;
  readonly voiceId: string | null;
  readonly language: string | null;
  readonly agentType: 'inbound' | 'outbound' | null;
  readonly projectId: string | null;
}

export interface AgentRow {
  readonly id: AgentId;
  readonly partnerId: PartnerId;
  readonly name: string;
}

export interface AgentDetails extends AgentRow, AgentProfile {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Agents that are not deleted. */
export interface AgentStore {
  /**
   * `name_taken` when the partner has another agent of that name. `atMost`: the quota of agents, unless the operator has set
   * another one; any number unless given. Throws QuotaReachedError when the partner has as many.
   */
  create(partnerId: PartnerId, name: string, profile?: AgentProfile, atMost?: number): Promise<AgentRow | 'name_taken'>;
  find(partnerId: PartnerId, id: AgentId): Promise<AgentRow | null>;
  /** Those of exactly these names, by name. */
  named(partnerId: PartnerId, names: readonly string[]): Promise<readonly AgentRow[]>;
  details(partnerId: PartnerId, id: AgentId): Promise<AgentDetails | null>;
  /** Newest first; prompts are left out (null). */
  page(input: {
    readonly partnerId: PartnerId;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: readonly AgentDetails[]; readonly total: number }>;
  /** Takes it off its numbers and makes its bindings due. Its row and name stay, unseen, and nothing else of it. False when it does not exist. */
  remove(partnerId: PartnerId, id: AgentId): Promise<boolean>;
}
