import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import { partsOfApiKey, type ApiKeyRow, type ApiKeyStore as ApiKeyContract, type Principal } from './api-key-store';
import { hit, rows, text } from '../db';
import { ApiKey } from '../entities/api-key.entity';
import { ALL_SCOPES } from '../scopes';

interface KeyRow {
  readonly id: string;
  readonly partner_id: PartnerId;
  readonly hmac: Buffer;
  readonly scopes: readonly string[];
  readonly usage_is_old: boolean;
}

/** The resolution of `last_used_at`: a busy key is not written on every request. */
const USAGE_GRAIN = `interval '5 minutes'`;

const FIND = `
  select k.id, k.partner_id, k.hmac, k.scopes, coalesce(k.last_used_at < now() - ${USAGE_GRAIN}, true) as usage_is_old
    from api_keys k join partners p on p.id = k.partner_id
   where k.id = any($1) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and p.deleted_at is null`;

export class ApiKeyStore implements ApiKeyContract {
  constructor(
    private readonly ds: DataSource,
    private readonly hmac: (secret: string) => Buffer,
  ) {}

  async issue(
    partnerId: PartnerId,
    label: string,
    limits: Parameters<ApiKeyContract['issue']>[2] = {},
  ): Promise<{ readonly apiKeyId: string; readonly apiKey: string }> {
    const apiKeyId = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    await this.ds.getRepository(ApiKey).insert({
      id: apiKeyId,
      partnerId,
      hmac: this.hmac(secret),
      label: text(label),
      scopes: [...(limits.scopes ?? [ALL_SCOPES])],
      expiresAt: limits.expiresAt ?? null,
    });
    return { apiKeyId, apiKey: `rg_live_${apiKeyId}_${secret}` };
  }

  async authenticate(apiKey: string): Promise<Principal | null> {
    const [principal = null] = await this.authenticateAll([apiKey]);
    return principal;
  }

  async authenticateAll(apiKeys: readonly string[]): Promise<readonly (Principal | null)[]> {
    const asked = apiKeys.map(partsOfApiKey);
    const ids = new Set(asked.flatMap((parts) => (parts === null ? [] : [parts.id])));
    if (ids.size === 0) return asked.map(() => null);
    const found = new Map((await rows<KeyRow>(this.ds, FIND, [[...ids]])).map((row) => [row.id, row]));
    const matched = asked.map((parts) => {
      const row = parts === null ? undefined : found.get(parts.id);
      return parts !== null && row !== undefined && sameBytes(this.hmac(parts.secret), row.hmac) ? row : null;
    });
    await this.noteUse(matched.filter((row) => row !== null));
    return matched.map((row) =>
      row === null ? null : { partnerId: row.partner_id, apiKeyId: row.id, scopes: row.scopes },
    );
  }

  private async noteUse(used: readonly KeyRow[]): Promise<void> {
    const ids = new Set(used.filter((row) => row.usage_is_old).map(({ id }) => id));
    if (ids.size > 0) await this.ds.query(`update api_keys set last_used_at = now() where id = any($1)`, [[...ids]]);
  }

  revoke(partnerId: PartnerId, apiKeyId: string): Promise<boolean> {
    return hit(
      this.ds,
      `update api_keys set revoked_at = now() where id = $1 and partner_id = $2 and revoked_at is null returning 1`,
      [apiKeyId, partnerId],
    );
  }

  async list(partnerId: PartnerId): Promise<readonly ApiKeyRow[]> {
    const found = await this.ds
      .getRepository(ApiKey)
      .find({ where: { partnerId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return found.map(toRow);
  }
}

const toRow = (entity: ApiKey): ApiKeyRow => ({
  apiKeyId: entity.id,
  label: entity.label,
  scopes: entity.scopes,
  createdAt: entity.createdAt,
  expiresAt: entity.expiresAt,
  revokedAt: entity.revokedAt,
  lastUsedAt: entity.lastUsedAt,
});

const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
