import type { ConnectionId } from '@dialtone/domain';
import { firstRow, type Queryable } from '../db';
import type { StoreSecrets } from '../secret-box';
import type { VoiceLinkCredentials } from './connection-store';
import { loginDigest } from './login-digest';
import { openVoiceLinkCredentials } from './sealed-credentials';

export interface OpenedAccess {
  readonly baseUrl: string;
  readonly credentials: VoiceLinkCredentials;
}

interface AccessRow {
  readonly baseUrl: string;
  readonly sealed: Buffer;
  readonly digest: Buffer | null;
}

const ACCESS = `
  select base_url as "baseUrl", credentials as sealed, login_digest as digest from connections
   where id = $1 and provider = 'voicelink' and status = 'ACTIVE' and deleted_at is null
     and base_url <> '' and credentials is not null`;

/** Connections whose credentials are kept opened; more than a process works on at a time. */
const MOST_KEPT = 100;

/**
 * Reads how a connection logs in. It is asked before each write: what was opened is kept while its row is the same, and forgotten when
 * the connection is found to have no access any more.
 */
export class AccessReader {
  private readonly kept = new Map<ConnectionId, { readonly row: AccessRow; readonly access: OpenedAccess }>();

  constructor(
    private readonly db: Queryable,
    private readonly secrets: StoreSecrets,
  ) {}

  async read(id: ConnectionId): Promise<OpenedAccess | null> {
    const row = await firstRow<AccessRow>(this.db, ACCESS, [id]);
    const kept = this.kept.get(id);
    if (row !== null && kept !== undefined && isSame(row, kept.row)) return kept.access;
    this.kept.delete(id);
    return row && this.open(id, row);
  }

  private async open(id: ConnectionId, row: AccessRow): Promise<OpenedAccess> {
    const { baseUrl, sealed, digest: known } = row;
    const access = { baseUrl, credentials: openVoiceLinkCredentials(this.secrets.secretBox, id, sealed) };
    const digest = loginDigest(this.secrets.hmac, baseUrl, access.credentials);
    // Stored before there were digests, or under another pepper. The next sweep looks for connections with the same one.
    if (digest !== null && known?.equals(digest) !== true) {
      await this.db.query(`update connections set login_digest = $2 where id = $1`, [id, digest]);
    }
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(id, { row: { ...row, digest }, access });
    return access;
  }
}

const isSame = (a: AccessRow, b: AccessRow): boolean =>
  a.baseUrl === b.baseUrl &&
  a.sealed.equals(b.sealed) &&
  (a.digest === b.digest || a.digest?.equals(b.digest ?? NONE) === true);
const NONE = Buffer.alloc(0);
