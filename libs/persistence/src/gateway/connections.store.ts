import { randomUUID } from 'node:crypto';
import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { holdAcknowledgedEntry, writesResumedEvent } from '@dialtone/engine';
import { type DataSource, In, IsNull } from 'typeorm';
import {
  numbersShown,
  type ConnectionAccess,
  type ConnectionRow,
  type ConnectionStore as ConnectionContract,
  type ConnectionView,
  type Verification,
} from './connection-store';
import { type TelephonyProvider } from './telephony-providers';
import { firstRow, hit, type Queryable, text, wake, withLongStatements } from '../db';
import { triggerBindings } from '../engine/binding-trigger';
import { discardSweep, lockConnection } from '../engine/sweep-queue.store';
import { Connection } from '../entities/connection.entity';
import { appendChange } from '../events/append-change';
import { authorNamed } from '../on-behalf-of';
import type { StoreSecrets } from '../secret-box';
import { AccessReader } from './access-reader';
import { toConnectionRow } from './connections.mapper';
import { endAtOnce, endNextKeys } from './disconnected-keys';
import { disconnect } from './disconnection';
import { forgetCredentials } from './forgotten-credentials';
import { pageOfConnections } from './connection-pages';
import { keepWork, keptWork } from './kept-work';
import { lockPartner } from './lock-partner';
import type { Page } from './page';
import { refuseMoreNumbers } from './number-quota';
import { refuseMore } from './refuse-more';
import { numbersByConnection, setDefaultNumber } from './phone-number-rows';
import { resealEverything } from '../reseal-everything';
import { leaveAccount, noteOwner, recogniseAround } from '../engine/shared-accounts';
import { loginDigest } from './login-digest';
import { isSealedOf, sealCredentials } from './sealed-credentials';

type CreateInput = Parameters<ConnectionContract['create']>[0];
type ConfigureInput = Parameters<ConnectionContract['configureDefault']>[0];

const VOICELINK = 'voicelink';

/** Nothing needs more than to know that there are several. */
const ACTIVE_READ = 100;

type Configured = Awaited<ReturnType<ConnectionContract['configureDefault']>>;

/** Order of locks: partner, connection, numbers, bindings, leases; as everywhere. */
export class ConnectionStore implements ConnectionContract {
  private readonly accesses: AccessReader;

  constructor(
    private readonly ds: DataSource,
    private readonly secrets: StoreSecrets,
  ) {
    this.accesses = new AccessReader(ds, secrets);
  }

  private get secretBox(): StoreSecrets['secretBox'] {
    return this.secrets.secretBox;
  }

  async create(input: CreateInput): Promise<ConnectionRow> {
    const id =
      (keptWork() as ConnectionId | null) ??
      (await this.ds.transaction(async (tx) => {
        await lockPartner(tx, input.partnerId);
        return keepWork(tx, await this.insert(tx, input));
      }));
    return toConnectionRow(await this.ds.getRepository(Connection).findOneByOrFail({ id }));
  }

  async configureDefault(input: ConfigureInput): ReturnType<ConnectionContract['configureDefault']> {
    const configured = keptWork() as Configured | null;
    if (configured !== null) return configured;
    const { partnerId, provider, name, access, ...limits } = input;
    return this.ds.transaction(async (tx) => {
      await lockPartner(tx, partnerId);
      const current = await firstRow<{ id: ConnectionId }>(
        tx,
        `select id from connections
          where partner_id = $1 and provider = $2 and is_default and status = 'ACTIVE' and deleted_at is null
            for no key update`,
        [partnerId, provider],
      );
      if (current === null) {
        const id = await this.insert(tx, { partnerId, provider, name, ...access, ...limits });
        return keepWork(tx, { id, created: true });
      }
      const place = { partnerId, connectionId: current.id };
      const { defaultNumber } = access;
      if (defaultNumber !== null) await refuseMoreNumbers(tx, place, [defaultNumber.key], limits.numbersAtMost);
      await this.replace(tx, place, access);
      return keepWork(tx, { id: current.id, created: false });
    });
  }

  async active(partnerId: PartnerId, provider: TelephonyProvider = VOICELINK): Promise<readonly ConnectionRow[]> {
    const found = await this.ds.getRepository(Connection).find({
      where: { partnerId, provider, status: 'ACTIVE', deletedAt: IsNull() },
      order: { isDefault: 'DESC', name: 'ASC', id: 'ASC' },
      take: ACTIVE_READ,
    });
    return found.map(toConnectionRow);
  }

  async find(partnerId: PartnerId, id: ConnectionId): Promise<ConnectionRow | null> {
    const found = await this.ds.getRepository(Connection).findOneBy({ id, partnerId, deletedAt: IsNull() });
    return found === null ? null : toConnectionRow(found);
  }

  async view(partnerId: PartnerId, id: ConnectionId): Promise<ConnectionView | null> {
    const connection = await this.find(partnerId, id);
    return connection === null ? null : ((await this.withNumbers([connection]))[0] ?? null);
  }

  async list(input: Parameters<ConnectionContract['list']>[0]): Promise<Page<ConnectionView>> {
    const { ids, nextCursor } = await pageOfConnections(this.ds, input);
    const found = await this.ds.getRepository(Connection).findBy({ id: In([...ids]) });
    const byId = new Map(found.map((entity) => [entity.id, toConnectionRow(entity)]));
    return { items: await this.withNumbers(ids.flatMap((id) => byId.get(id) ?? [])), nextCursor };
  }

  rename(partnerId: PartnerId, id: ConnectionId, name: string): Promise<boolean> {
    return hit(
      this.ds,
      `update connections set name = $3, updated_at = case when name = $3 then updated_at else now() end
        where id = $1 and partner_id = $2 and status = 'ACTIVE' and deleted_at is null returning 1`,
      [id, partnerId, text(name)],
    );
  }

  async disconnect(partnerId: PartnerId, id: ConnectionId): Promise<boolean> {
    const isThere = await this.ds.transaction(async (tx) => {
      await lockPartner(tx, partnerId);
      return disconnect(tx, partnerId, id);
    });
    if (isThere) await endAtOnce(this.ds, id);
    return isThere;
  }

  endDisconnected(limit: number): Promise<number | null> {
    return this.ds.transaction((tx) => endNextKeys(tx, { id: null, limit }));
  }

  access(id: ConnectionId): ReturnType<ConnectionContract['access']> {
    return this.accesses.read(id);
  }

  replaceAccess(
    partnerId: PartnerId,
    id: ConnectionId,
    { baseUrl, credentials }: Parameters<ConnectionContract['replaceAccess']>[2],
  ): Promise<boolean> {
    return this.ds.transaction(async (tx) => {
      await lockPartner(tx, partnerId);
      const mine = await hit(
        tx,
        `select 1 from connections where id = $1 and partner_id = $2 and provider = $3 and status = 'ACTIVE' and deleted_at is null
            for no key update`,
        [id, partnerId, VOICELINK],
      );
      const access = { baseUrl, credentials: { ...credentials }, defaultNumber: null };
      if (mine) await this.replace(tx, { partnerId, connectionId: id }, access);
      return mine;
    });
  }

  async acknowledgeHold(partnerId: PartnerId, id: ConnectionId, actor: string): Promise<boolean> {
    if (keptWork() !== null) return true;
    return withLongStatements(this.ds, async (tx) => {
      const before = await lockConnection(tx, id);
      if (before?.partnerId !== partnerId || before.writesHeld === null) return false;
      await tx.query(`update connections set writes_held = null, updated_at = now() where id = $1`, [id]);
      await appendChange(tx, {
        events: [writesResumedEvent(before, before.writesHeld, actor)],
        history: [holdAcknowledgedEntry(before, before.writesHeld, authorNamed(actor))],
      });
      // Bindings that waited for new access skip the rest of their back-off.
      await triggerBindings(tx, { connectionId: id });
      return keepWork(tx, true);
    });
  }

  resealCredentials(): ReturnType<ConnectionContract['resealCredentials']> {
    return resealEverything(this.ds, this.secretBox);
  }

  forgetCredentials(request: Parameters<ConnectionContract['forgetCredentials']>[0]): Promise<number> {
    return forgetCredentials(this.ds, request);
  }

  /** Runs under the partner's lock, so that exactly one becomes the default. */
  private async insert(tx: Queryable, input: CreateInput): Promise<ConnectionId> {
    const id = randomUUID() as ConnectionId;
    const { partnerId, provider = VOICELINK, defaultNumber = null } = input;
    await refuseMore(tx, partnerId, 'connections', input.atMost);
    const sealed = sealCredentials(this.secretBox, id, input.credentials);
    const { verified, error } = toColumns(input.verification);
    await tx.query(
      `insert into connections
         (id, account_id, partner_id, provider, name, base_url, credentials, login_digest, last_verified_at, last_error_message, check_due_at, is_default)
       select $1, $1, $2::uuid, $3::text, $4, $5, $6, $9, case when $7::boolean then now() end, $8, ${checkDueAt('$8')}, not exists (
         select 1 from connections where partner_id = $2 and provider = $3 and is_default and deleted_at is null)`,
      [id, partnerId, provider, text(input.name), input.baseUrl, sealed, verified, error, this.digestOf(input)],
    );
    await noteVerifiedOwner(tx, id, input.verification);
    await recogniseAround(tx, id);
    if (defaultNumber !== null) {
      const place = { partnerId, connectionId: id };
      await refuseMoreNumbers(tx, place, [defaultNumber.key], input.numbersAtMost);
      await setDefaultNumber(tx, place, defaultNumber);
    }
    await wake(tx);
    return id;
  }

  /** The caller has locked the connection. Bindings that failed because of the old credentials become due, and so does the sweep. */
  private async replace(
    tx: Queryable,
    place: { readonly partnerId: PartnerId; readonly connectionId: ConnectionId },
    access: Omit<ConnectionAccess, 'verification'> & { readonly verification?: Verification },
  ): Promise<void> {
    const { partnerId, connectionId } = place;
    const isOther = await this.isOtherAccess(tx, connectionId, access);
    const digest = this.digestOf(access);
    const left = await leaveAccount(tx, connectionId, digest);
    const sealed = sealCredentials(this.secretBox, connectionId, access.credentials);
    const { verified, error } = toColumns(access.verification);
    await tx.query(
      `update connections
          set base_url = $2, credentials = $3, last_verified_at = case when $4::boolean then now() end,
              last_error_message = $5, check_due_at = ${checkDueAt('$5')}, check_tries = 0, login_digest = $6, sweep_due_at = now(), sweep_requested_at = clock_timestamp(), updated_at = now()
        where id = $1`,
      [connectionId, access.baseUrl, sealed, verified, error, digest],
    );
    await noteVerifiedOwner(tx, connectionId, access.verification);
    await recogniseAround(tx, connectionId, left);
    if (access.defaultNumber !== null) await setDefaultNumber(tx, { partnerId, connectionId }, access.defaultNumber);
    await triggerBindings(tx, { connectionId });
    // What a sweep with other credentials finds says nothing about these. With the same credentials the sweep must end, or
    // a partner who sets them every minute would keep a large connection from ever being swept.
    if (isOther) await discardSweep(tx, connectionId);
    await wake(tx);
  }

  private digestOf({ baseUrl, credentials }: Pick<CreateInput, 'baseUrl' | 'credentials'>): Buffer | null {
    return loginDigest(this.secrets.hmac, baseUrl, credentials);
  }

  private async isOtherAccess(
    tx: Queryable,
    id: ConnectionId,
    { baseUrl, credentials }: Pick<ConnectionAccess, 'baseUrl' | 'credentials'>,
  ): Promise<boolean> {
    const current = await firstRow<{ baseUrl: string | null; credentials: Buffer | null }>(
      tx,
      `select base_url as "baseUrl", credentials from connections where id = $1`,
      [id],
    );
    if (current === null || current.credentials === null || current.baseUrl !== baseUrl) return true;
    return !isSealedOf(this.secretBox, id, current.credentials, credentials);
  }

  private async withNumbers(connections: readonly ConnectionRow[]): Promise<readonly ConnectionView[]> {
    const ids = connections.map(({ id }) => id);
    const shown = numbersShown(ids.length);
    const numbers = await numbersByConnection(this.ds, ids, shown + 1);
    return connections.map((connection) => {
      const found = numbers.get(connection.id) ?? [];
      const phoneNumbers = found.slice(0, shown);
      return { connection, phoneNumbers, hasMoreNumbers: found.length > phoneNumbers.length };
    });
  }
}

/** When the credentials that are being stored are verified again; sooner when the carrier could not be asked. */
const checkDueAt = (error: string): string =>
  `now() + case when ${error}::text is null then interval '6 hours' else interval '1 minute' end`;

const noteVerifiedOwner = async (tx: Queryable, id: ConnectionId, verification?: Verification): Promise<void> => {
  if (verification?.kind !== 'verified' || verification.resellerId === undefined) return;
  await noteOwner(tx, id, verification.resellerId);
};

const toColumns = (
  verification: Verification | undefined,
): { readonly verified: boolean; readonly error: string | null } => ({
  verified: verification?.kind === 'verified',
  error: verification?.kind === 'unknown' ? text(verification.message) : null,
});
