import { randomUUID } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { PartnerStore as PartnerContract } from '../api-types';
import { text } from '../db';
import { Partner } from '../entities/partner.entity';

export class PartnerStore implements PartnerContract {
  constructor(private readonly ds: DataSource) {}

  /** Rejects when there is a partner of that name. */
  async create(name: string): Promise<{ readonly id: PartnerId; readonly name: string }> {
    const partner = { id: randomUUID() as PartnerId, name: text(name) };
    await this.ds.getRepository(Partner).insert(partner);
    return partner;
  }

  async findByName(name: string): Promise<{ readonly id: PartnerId; readonly name: string } | null> {
    const found = await this.ds.getRepository(Partner).findOneBy({ name: text(name), deletedAt: IsNull() });
    return found === null ? null : { id: found.id as PartnerId, name: found.name };
  }
}
