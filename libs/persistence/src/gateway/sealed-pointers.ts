import type { ConnectionId } from '@dialtone/domain';
import { firstRow, hit, type Queryable, rows } from '../db';
import type { SecretBox } from '../secret-box';
import type { StoredPointer } from './number-pointings';

/** What is sealed of a number: URLs that a carrier asks may hold tokens. */
export interface StoredPointers {
  readonly before: StoredPointer | null;
  readonly ours: readonly StoredPointer[];
}

const placeOf = (id: string): string => `number_pointings|${id}|pointers`;

export const sealPointers = (box: SecretBox, id: string, pointers: StoredPointers): Buffer =>
  box.encrypt(placeOf(id), JSON.stringify(pointers));

/** Null: no key of the ring opens them. */
export const openPointers = (box: SecretBox, id: string, sealed: Buffer): StoredPointers | null => {
  try {
    return JSON.parse(box.decrypt(placeOf(id), sealed)) as StoredPointers;
  } catch {
    return null;
  }
};

const PAGE = 200;

interface SealedRow {
  readonly id: string;
  readonly connectionId: ConnectionId;
  readonly pointers: Buffer;
}

const nextPage = (db: Queryable, after: string | null): Promise<SealedRow[]> =>
  rows<SealedRow>(
    db,
    `select i.number_id as id, p.connection_id as "connectionId", i.pointers
       from number_pointings i join phone_numbers p on p.id = i.number_id
      where i.pointers is not null and ($1::uuid is null or i.number_id > $1)
      order by i.number_id limit ${String(PAGE)}`,
    [after],
  );

/** Seals all of them with the present key. Returns the connections with numbers whose pointers no key opens. */
export const resealPointers = async (db: Queryable, box: SecretBox): Promise<readonly ConnectionId[]> => {
  const failed = new Set<ConnectionId>();
  for (let page = await nextPage(db, null); page.length > 0; page = await nextPage(db, page.at(-1)?.id ?? null)) {
    for (const row of page) if (!(await reseal(db, box, row))) failed.add(row.connectionId);
  }
  return [...failed];
};

/** False when no key opens it. */
const reseal = async (db: Queryable, box: SecretBox, { id, connectionId, pointers }: SealedRow): Promise<boolean> => {
  const opened = openPointers(box, id, pointers);
  if (opened === null) return false;
  const replaced = await hit(
    db,
    `update number_pointings set pointers = $3 where number_id = $1 and pointers = $2 returning 1`,
    [id, pointers, sealPointers(box, id, opened)],
  );
  if (replaced) return true;
  // It was written meanwhile, perhaps by a process that still seals with the previous key; or there is nothing left to seal.
  const current = await firstRow<{ readonly pointers: Buffer }>(
    db,
    `select pointers from number_pointings where number_id = $1 and pointers is not null`,
    [id],
  );
  return current === null || reseal(db, box, { id, connectionId, pointers: current.pointers });
};
