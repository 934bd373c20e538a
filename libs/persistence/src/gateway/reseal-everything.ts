import type { ConnectionId } from '@dialtone/domain';
import type { Queryable } from '../db';
import type { SecretBox } from '../secret-box';
import { resealAll } from './sealed-credentials';
import { resealPointers } from './sealed-pointers';

/** What is sealed of connections: their credentials, which are counted, and where their numbers led before. */
export const resealEverything = async (
  db: Queryable,
  box: SecretBox,
): Promise<{ readonly resealed: number; readonly failed: readonly ConnectionId[] }> => {
  const unread = await resealPointers(db, box);
  const { resealed, failed } = await resealAll(db, box);
  return { resealed, failed: [...new Set([...failed, ...unread])] };
};
