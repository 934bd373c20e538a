import { randomUUID } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { PartnerRow, PartnerStore as PartnerContract } from '../api-types';
import { text } from '../db';
import { Partner } from '../entities/partner.entity';

export class PartnerStore implements PartnerContract {
  constructor(private readonly ds: DataSource) {}

  async create(name: string): Promise<PartnerRow> {
    const partner = { id: randomUUID() as PartnerId, name: text(name) };
    await this.ds.getRepository(Partner).insert(partner);
    return partner;
  }

  async findByName(name: string): Promise<PartnerRow | null> {
    const found = await this.ds.getRepository(Partner).findOneBy({ name: text(name), deletedAt: IsNull() });
    return found === null ? null : toRow(found);
  }

  async list(): Promise<readonly PartnerRow[]> {
    const found = await this.ds.getRepository(Partner).find({ where: { deletedAt: IsNull() }, order: { name: 'ASC' } });
    return found.map(toRow);
  }
}

const toRow = ({ id, name }: Partner): PartnerRow => ({ id: id as PartnerId, name });
