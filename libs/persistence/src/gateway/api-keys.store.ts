import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { PartnerId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import type { ApiKeyRow, ApiKeyStore as ApiKeyContract, Principal } from './api-key-store';
import { firstRow, hit, text } from '../db';
import { ApiKey } from '../entities/api-key.entity';
import { ALL_SCOPES } from '../scopes';

const API_KEY = /^rg_live_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

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
   where k.id = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and p.deleted_at is null`;

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
    const [, id, secret] = API_KEY.exec(apiKey) ?? [];
    if (id === undefined || secret === undefined) return null;
    const row = await firstRow<KeyRow>(this.ds, FIND, [id]);
    if (row === null || !sameBytes(this.hmac(secret), row.hmac)) return null;
    if (row.usage_is_old) await this.ds.query(`update api_keys set last_used_at = now() where id = $1`, [id]);
    return { partnerId: row.partner_id, apiKeyId: row.id, scopes: row.scopes };
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
