import type { ConnectionId, DidKey, SharedAccount } from '@dialtone/domain';
import {
  holdBegunEntry,
  writesHeldEvent,
  type MisreportedBots,
  type NumberSteering,
  type SweepableConnection,
  type VoiceLinkConnections,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, ms, rows, text, type Queryable } from '../db';
import { appendChange } from '../events/append-change';
import { ACCOUNT } from './account-connections';
import { noteOwner, readSharedAccount, recognise } from './shared-accounts';
import { readPlanningGround, readSteering } from './number-steering';
import { lockConnection, SWEEPABLE } from './sweep-queue.store';

/** See `VoiceLinkConnections.find`. */
export const findSweepable = (db: Queryable, id: ConnectionId): Promise<SweepableConnection | null> =>
  firstRow<SweepableConnection>(
    db,
    `select c.id, c.partner_id as "partnerId", c.writes_held as "writesHeld", c.account_id as "accountId",
            c.owner_known as "isOwnerKnown" from connections c
      where c.id = $1 and ${SWEEPABLE}`,
    [id],
  );

/** See `VoiceLinkConnections.misreportedBots`. */
export const readMisreportedBots = async (db: Queryable, id: ConnectionId): Promise<MisreportedBots> => {
  const found = await rows<{ bot_id: string | number; marked_at: number }>(
    db,
    `select bot_id, max(${ms('marked_at')}) as marked_at from misreported_bots where connection_id in (${ACCOUNT})
      group by bot_id`,
    [id],
  );
  return new Map(found.map((row) => [Number(row.bot_id), row.marked_at]));
};

/** Holds and misreported bots of VoiceLink connections. */
export class VoiceLinkConnectionStore implements VoiceLinkConnections {
  constructor(private readonly ds: DataSource) {}

  async holdWrites(id: ConnectionId, reason: string): Promise<void> {
    await this.ds.transaction(async (tx) => {
      const before = await lockConnection(tx, id);
      if (before === null || before.writesHeld !== null) return;
      const words = text(reason);
      await tx.query(`update connections set writes_held = $2, updated_at = now() where id = $1`, [id, words]);
      await appendChange(tx, { events: [writesHeldEvent(before, words)], history: [holdBegunEntry(before, words)] });
    });
  }

  async noteOwner(id: ConnectionId, resellerId: string | null): Promise<void> {
    await noteOwner(this.ds, id, resellerId);
  }

  recognise(id: ConnectionId): Promise<void> {
    return recognise(this.ds, id);
  }

  sharedAccount(id: ConnectionId, keys?: readonly DidKey[]): Promise<SharedAccount> {
    return readSharedAccount(this.ds, id, keys ?? null);
  }

  find(id: ConnectionId): Promise<SweepableConnection | null> {
    return findSweepable(this.ds, id);
  }

  steering(id: ConnectionId, key: DidKey): Promise<NumberSteering | null> {
    return readSteering(this.ds, id, key);
  }

  planningGround(
    numbers: Parameters<VoiceLinkConnections['planningGround']>[0],
  ): ReturnType<VoiceLinkConnections['planningGround']> {
    return readPlanningGround(this.ds, numbers);
  }

  misreportedBots(id: ConnectionId): Promise<MisreportedBots> {
    return readMisreportedBots(this.ds, id);
  }

  async markMisreportedBot(id: ConnectionId, botId: number): Promise<void> {
    await this.ds.query(
      `insert into misreported_bots (connection_id, bot_id, marked_at) values ($1, $2, clock_timestamp())
       on conflict (connection_id, bot_id) do update set marked_at = excluded.marked_at`,
      [id, botId],
    );
  }

  async unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void> {
    await this.ds.query(
      `delete from misreported_bots
        where connection_id in (${ACCOUNT}) and bot_id = any($2::bigint[]) and marked_at < to_timestamp($3::float8 / 1000)`,
      [id, botIds, seenAt],
    );
  }
}
