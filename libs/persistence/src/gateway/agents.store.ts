import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { type DataSource, In, IsNull } from 'typeorm';
import type { AgentDetails, AgentProfile, AgentRow, AgentStore as AgentContract } from './agent-store';
import { firstRow, hit, type Queryable, rows, text } from '../db';
import { triggerBindings } from '../engine/binding-trigger';
import { Agent } from '../entities/agent.entity';
import { nameKey } from '../name-key';
import { keepWork, keptWork } from './kept-work';
import { lockPartner } from './lock-partner';
import { refuseMore } from './refuse-more';

const toRow = (entity: Agent): AgentRow => ({
  id: entity.id as AgentId,
  partnerId: entity.partnerId as PartnerId,
  name: entity.name,
});

const NO_PROFILE: AgentProfile = { prompt: null, voiceId: null, language: null, agentType: null, projectId: null };

const detailColumns = (prompt: 'prompt' | 'null::text'): string =>
  `id, partner_id as "partnerId", name, ${prompt} as prompt, voice_id as "voiceId", language, agent_type as "agentType",
   project_id as "projectId", created_at as "createdAt", updated_at as "updatedAt"`;

const storable = (value: string | null): string | null => (value === null ? null : text(value));

/** False when the name is taken. */
const insertAgent = (
  tx: Queryable,
  { id, partnerId, name }: AgentRow,
  { prompt, voiceId, language, agentType, projectId }: AgentProfile,
): Promise<boolean> =>
  hit(
    tx,
    `insert into agents (id, partner_id, name, name_key, agent_type, prompt, voice_id, language, project_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
    [id, partnerId, name, nameKey(name), agentType, ...[prompt, voiceId, language, projectId].map(storable)],
  );

/** Order of locks: partner, agent, numbers, bindings. */
export class AgentStore implements AgentContract {
  constructor(private readonly ds: DataSource) {}

  async create(
    partnerId: PartnerId,
    name: string,
    profile = NO_PROFILE,
    atMost?: number,
  ): Promise<AgentRow | 'name_taken'> {
    const created = keptWork() as AgentRow | null;
    if (created !== null) return created;
    const agent = { id: randomUUID() as AgentId, partnerId, name: text(name) };
    return this.ds.transaction(async (tx) => {
      // Two at once must not use the same rest of the quota twice.
      await lockPartner(tx, partnerId);
      await refuseMore(tx, partnerId, 'agents', atMost);
      return (await insertAgent(tx, agent, profile)) ? keepWork(tx, agent) : 'name_taken';
    });
  }

  async find(partnerId: PartnerId, id: AgentId): Promise<AgentRow | null> {
    const found = await this.ds.getRepository(Agent).findOneBy({ id, partnerId, deletedAt: IsNull() });
    return found === null ? null : toRow(found);
  }

  async named(partnerId: PartnerId, names: readonly string[]): Promise<readonly AgentRow[]> {
    const found = await this.ds
      .getRepository(Agent)
      .find({ where: { partnerId, name: In([...names]), deletedAt: IsNull() }, order: { name: 'ASC' } });
    return found.map(toRow);
  }

  details(partnerId: PartnerId, id: AgentId): Promise<AgentDetails | null> {
    return firstRow<AgentDetails>(
      this.ds,
      `select ${detailColumns('prompt')} from agents where id = $1 and partner_id = $2 and deleted_at is null`,
      [id, partnerId],
    );
  }

  async page({ partnerId, limit, offset }: Parameters<AgentContract['page']>[0]): ReturnType<AgentContract['page']> {
    const [items, count] = await Promise.all([
      rows<AgentDetails>(
        this.ds,
        `select ${detailColumns('null::text')} from agents where partner_id = $1 and deleted_at is null
          order by created_at desc, id desc limit $2 offset $3`,
        [partnerId, limit, offset],
      ),
      firstRow<{ total: number }>(
        this.ds,
        `select count(*)::int as total from agents where partner_id = $1 and deleted_at is null`,
        [partnerId],
      ),
    ]);
    return { items, total: count?.total ?? 0 };
  }

  async remove(partnerId: PartnerId, id: AgentId): Promise<boolean> {
    if (keptWork() !== null) return true;
    return this.ds.transaction(async (tx) => {
      const removed = await hit(
        tx,
        `update agents set deleted_at = now(), updated_at = now(), prompt = null, voice_id = null, language = null,
                agent_type = null, project_id = null
          where id = $1 and partner_id = $2 and deleted_at is null returning 1`,
        [id, partnerId],
      );
      if (!removed) return false;
      await leaveAgentless(tx, id);
      return keepWork(tx, removed);
    });
  }
}

const leaveAgentless = async (tx: Queryable, id: AgentId): Promise<void> => {
  await tx.query(
    `with target as (
       select id from phone_numbers where agent_id = $1 order by connection_id, key for no key update
     )
     update phone_numbers p set agent_id = null, updated_at = now() from target where p.id = target.id`,
    [id],
  );
  const declared = await rows<{ connectionId: ConnectionId; keys: DidKey[] }>(
    tx,
    `select connection_id as "connectionId", array_agg(key) as keys from bindings where agent_id = $1
      group by connection_id order by connection_id`,
    [id],
  );
  for (const bindings of declared) await triggerBindings(tx, bindings);
};
