import { randomUUID } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { PartnerRow, PartnerStore as PartnerContract } from '../api-types';
import { text } from '../db';
import { Partner } from '../entities/partner.entity';
import { nameKey } from '../name-key';

export class PartnerStore implements PartnerContract {
  constructor(private readonly ds: DataSource) {}

  async create(name: string): Promise<PartnerRow> {
    const partner = { id: randomUUID() as PartnerId, name: text(name) };
    await this.ds.getRepository(Partner).insert({ ...partner, nameKey: nameKey(partner.name) });
    return partner;
  }

  async findByName(name: string): Promise<PartnerRow | null> {
    const stored = text(name);
    const partners = this.ds.getRepository(Partner);
    const deletedAt = IsNull();
    // A name as it was given first: it may have come before names were compared by what they look like.
    const found =
      (await partners.findOneBy({ name: stored, deletedAt })) ??
      (await partners.findOneBy({ nameKey: nameKey(stored), deletedAt }));
    return found === null ? null : toRow(found);
  }

  async list(): Promise<readonly PartnerRow[]> {
    const found = await this.ds.getRepository(Partner).find({ where: { deletedAt: IsNull() }, order: { name: 'ASC' } });
    return found.map(toRow);
  }
}

const toRow = ({ id, name }: Partner): PartnerRow => ({ id: id as PartnerId, name });
