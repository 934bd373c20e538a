import type { ConnectionId } from '@dialtone/domain';
import { CredentialsUnreadableError } from '@dialtone/engine';
import type { ConnectionCredentials, VoiceLinkCredentials } from './connection-store';
import { hit, type Queryable, rows } from '../db';
import type { SecretBox } from '../secret-box';

const placeOf = (id: string): string => `connections|${id}|credentials`;

/** A connection's credentials are sealed as one text, which hides even their number and names. */
export const sealCredentials = (
  box: SecretBox,
  id: string,
  credentials: ConnectionCredentials | VoiceLinkCredentials,
): Buffer => box.encrypt(placeOf(id), JSON.stringify(credentials));

/** Whether the sealed credentials equal these. Credentials that cannot be opened count as different. */
export const isSealedOf = (box: SecretBox, id: string, sealed: Buffer, credentials: ConnectionCredentials): boolean => {
  try {
    return box.decrypt(placeOf(id), sealed) === JSON.stringify(credentials);
  } catch {
    return false;
  }
};

/** Throws CredentialsUnreadableError. */
export const openVoiceLinkCredentials = (box: SecretBox, id: string, sealed: Buffer): VoiceLinkCredentials =>
  openCredentials(box, id, sealed) as unknown as VoiceLinkCredentials;

/** Throws CredentialsUnreadableError. */
export const openCredentials = (box: SecretBox, id: string, sealed: Buffer): ConnectionCredentials => {
  try {
    return JSON.parse(box.decrypt(placeOf(id), sealed)) as ConnectionCredentials;
  } catch (error) {
    throw new CredentialsUnreadableError(id, error);
  }
};

const PAGE = 200;

interface SealedRow {
  readonly id: ConnectionId;
  readonly credentials: Buffer;
}

const nextPage = (db: Queryable, after: ConnectionId | null): Promise<SealedRow[]> =>
  rows<SealedRow>(
    db,
    `select id, credentials from connections
      where credentials is not null and ($1::uuid is null or id > $1) order by id limit ${String(PAGE)}`,
    [after],
  );

/** Includes disconnected connections: their credentials must not depend on a key that is being retired. */
export const resealAll = async (
  db: Queryable,
  box: SecretBox,
): Promise<{ readonly resealed: number; readonly failed: readonly ConnectionId[] }> => {
  const failed: ConnectionId[] = [];
  let resealed = 0;
  for (let page = await nextPage(db, null); page.length > 0; page = await nextPage(db, page.at(-1)?.id ?? null)) {
    for (const row of page) {
      const done = await reseal(db, box, row);
      if (done) resealed += 1;
      else failed.push(row.id);
    }
  }
  return { resealed, failed };
};

/** False when no key opens it. */
const reseal = async (db: Queryable, box: SecretBox, { id, credentials }: SealedRow): Promise<boolean> => {
  const fresh = openAndSeal(box, id, credentials);
  if (fresh === null) return false;
  const replaced = await hit(
    db,
    `update connections set credentials = $3 where id = $1 and credentials = $2 returning 1`,
    [id, credentials, fresh],
  );
  if (replaced) return true;
  // The partner replaced them meanwhile, perhaps through a process that still seals with the previous key; or they were destroyed.
  const [current] = await rows<SealedRow>(
    db,
    `select id, credentials from connections where id = $1 and credentials is not null`,
    [id],
  );
  return current === undefined || reseal(db, box, current);
};

const openAndSeal = (box: SecretBox, id: string, sealed: Buffer): Buffer | null => {
  try {
    return box.encrypt(placeOf(id), box.decrypt(placeOf(id), sealed));
  } catch {
    return null;
  }
};
