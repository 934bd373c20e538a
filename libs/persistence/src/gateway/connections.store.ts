import { randomUUID } from 'node:crypto';
import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { type DataSource, IsNull } from 'typeorm';
import type { ConnectionRow, ConnectionStore as ConnectionContract, VoiceLinkCredentials } from '../api-types';
import { rows, text, wake } from '../db';
import { triggerBindings } from '../engine/binding-trigger';
import { lockConnection, scopeOf } from '../engine/sweep-queue.store';
import { Connection } from '../entities/connection.entity';
import { appendEvents } from '../events/new-event';
import type { SecretBox } from '../secret-box';
import { toConnectionRow } from './connections.mapper';

const PROVIDER = 'voicelink';
const credentialsPlace = (id: string): string => `connections|${id}|credentials`;

export class ConnectionStore implements ConnectionContract {
  constructor(
    private readonly ds: DataSource,
    private readonly secretBox: SecretBox,
  ) {}

  async create(input: Parameters<ConnectionContract['create']>[0]): Promise<ConnectionRow> {
    const id = randomUUID();
    const sealed = this.secretBox.encrypt(credentialsPlace(id), JSON.stringify(input.credentials));
    await this.ds.transaction(async (tx) => {
      // One at a time per partner, so that exactly one becomes the default.
      await tx.query(`select 1 from partners where id = $1 for no key update`, [input.partnerId]);
      await tx.query(
        `insert into connections (id, partner_id, provider, name, base_url, credentials, is_default)
         select $1, $2::uuid, $3::text, $4, $5, $6, not exists (
           select 1 from connections where partner_id = $2 and provider = $3 and is_default and deleted_at is null)`,
        [id, input.partnerId, PROVIDER, text(input.name), input.baseUrl, sealed],
      );
      await wake(tx);
    });
    return toConnectionRow(await this.ds.getRepository(Connection).findOneByOrFail({ id }));
  }

  async active(partnerId: PartnerId): Promise<readonly ConnectionRow[]> {
    const found = await this.ds.getRepository(Connection).find({
      where: { partnerId, provider: PROVIDER, status: 'ACTIVE', deletedAt: IsNull() },
      order: { isDefault: 'DESC', name: 'ASC', id: 'ASC' },
    });
    return found.map(toConnectionRow);
  }

  async find(partnerId: PartnerId, id: ConnectionId): Promise<ConnectionRow | null> {
    const found = await this.ds.getRepository(Connection).findOneBy({ id, partnerId, deletedAt: IsNull() });
    return found === null ? null : toConnectionRow(found);
  }

  async access(id: ConnectionId): Promise<{ baseUrl: string; credentials: VoiceLinkCredentials } | null> {
    const found = await this.ds.getRepository(Connection).findOne({
      select: { id: true, baseUrl: true, credentials: true },
      where: { id, provider: PROVIDER, status: 'ACTIVE', deletedAt: IsNull() },
    });
    const { baseUrl, credentials: sealed } = found ?? {};
    if (!baseUrl || !sealed) return null;
    const clear = this.secretBox.decrypt(credentialsPlace(id), sealed);
    return { baseUrl, credentials: JSON.parse(clear) as VoiceLinkCredentials };
  }

  async replaceAccess(
    partnerId: PartnerId,
    id: ConnectionId,
    { baseUrl, credentials }: Parameters<ConnectionContract['replaceAccess']>[2],
  ): Promise<boolean> {
    const sealed = this.secretBox.encrypt(credentialsPlace(id), JSON.stringify(credentials));
    return this.ds.transaction(async (tx) => {
      const replaced = await rows(
        tx,
        `update connections set base_url = $3, credentials = $4, sweep_due_at = now(), updated_at = now()
          where id = $1 and partner_id = $2 and provider = $5 and deleted_at is null returning 1`,
        [id, partnerId, baseUrl, sealed, PROVIDER],
      );
      if (replaced.length > 0) await wake(tx);
      return replaced.length > 0;
    });
  }

  async acknowledgeHold(partnerId: PartnerId, id: ConnectionId, actor: string): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      const before = await lockConnection(tx, id);
      if (before?.partner_id !== partnerId || before.writes_held === null) return false;
      await tx.query(`update connections set writes_held = null, updated_at = now() where id = $1`, [id]);
      const data = { ...scopeOf(id, before), reason: before.writes_held, actor };
      await appendEvents(tx, [{ type: 'dialtone.writes.resumed.v1', connection_id: id, key: null, seq: null, data }]);
      // What waited for this need not wait for its back-off as well.
      await triggerBindings(tx, { connectionId: id });
      return true;
    });
  }
}
