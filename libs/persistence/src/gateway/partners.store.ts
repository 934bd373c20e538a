import { randomUUID } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { PartnerRow, PartnerStore as PartnerContract } from './partner-store';
import { hit, text } from '../db';
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
    // By the exact name first: it may be older than the comparison by nameKey.
    const found =
      (await partners.findOneBy({ name: stored, deletedAt })) ??
      (await partners.findOneBy({ nameKey: nameKey(stored), deletedAt }));
    return found === null ? null : toRow(found);
  }

  async list(): Promise<readonly PartnerRow[]> {
    const found = await this.ds.getRepository(Partner).find({ where: { deletedAt: IsNull() }, order: { name: 'ASC' } });
    return found.map(toRow);
  }

  remove(id: PartnerId): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      // Waits for a transaction that is connecting an account of this partner, and then sees that connection.
      await tx.query(`select 1 from partners where id = $1 for no key update`, [id]);
      return hit(tx, REMOVE, [id]);
    });
  }
}

const REMOVE = `
  update partners p set deleted_at = now()
   where id = $1 and deleted_at is null
     and not exists (select 1 from connections c where c.partner_id = p.id and c.status = 'ACTIVE' and c.deleted_at is null)
     and not exists (select 1 from api_keys k where k.partner_id = p.id and k.revoked_at is null)
  returning 1`;

const toRow = ({ id, name }: Partner): PartnerRow => ({ id: id as PartnerId, name });
