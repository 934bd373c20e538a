import { randomUUID } from 'node:crypto';
import type { AgentId, PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { AgentRow, AgentStore as AgentContract } from '../api-types';
import { hit, text } from '../db';
import { Agent } from '../entities/agent.entity';

const toRow = (entity: Agent): AgentRow => ({
  id: entity.id as AgentId,
  partnerId: entity.partnerId as PartnerId,
  name: entity.name,
});

export class AgentStore implements AgentContract {
  constructor(private readonly ds: DataSource) {}

  async create(partnerId: PartnerId, name: string): Promise<AgentRow | 'name_taken'> {
    const id = randomUUID() as AgentId;
    const stored = text(name);
    const created = await hit(
      this.ds,
      `insert into agents (id, partner_id, name) values ($1, $2, $3) on conflict do nothing returning 1`,
      [id, partnerId, stored],
    );
    return created ? { id, partnerId, name: stored } : 'name_taken';
  }

  async find(partnerId: PartnerId, id: AgentId): Promise<AgentRow | null> {
    const found = await this.ds.getRepository(Agent).findOneBy({ id, partnerId, deletedAt: IsNull() });
    return found === null ? null : toRow(found);
  }

  async list(partnerId: PartnerId): Promise<readonly AgentRow[]> {
    const found = await this.ds
      .getRepository(Agent)
      .find({ where: { partnerId, deletedAt: IsNull() }, order: { name: 'ASC' } });
    return found.map(toRow);
  }
}
