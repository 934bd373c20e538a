import { DataSource } from 'typeorm';
import type { BoundedClient } from '../bounded-client';
import { type Queryable, type Row, rows } from '../db';
import { isPlanLost } from '../kept-plans';
import type { SharedPool } from '../shared-pool';
import type { PreparedAsk } from './prepared-query';
import type { Parameter, PreparedStatement } from './prepared-statement';

/**
 * The rows of a prepared statement. Outside of a transaction it is asked on a connection of the pool, past TypeORM, which makes a dozen
 * objects for each statement; inside of one on its connection, as any other.
 */
export const preparedRows = async <T>(
  db: Queryable,
  statement: PreparedStatement,
  parameters: readonly Parameter[],
): Promise<T[]> => {
  if (!(db instanceof DataSource)) return rows<T>(db, statement.text, parameters);
  const { master } = db.driver as unknown as { readonly master: SharedPool };
  return (await askOnce(master, { statement, parameters })) as T[];
};

const askOnce = async (pool: SharedPool, asked: PreparedAsk): Promise<Row[]> => {
  const { client, giveBack } = await taken(pool);
  try {
    return await client.ask(asked);
  } catch (error) {
    if (!isPlanLost(error)) throw error;
    // Prepared again, it is answered.
    return await client.ask(asked);
  } finally {
    giveBack();
  }
};

const taken = (pool: SharedPool): Promise<{ readonly client: BoundedClient; readonly giveBack: () => void }> =>
  new Promise((resolve, reject) => {
    pool.connect((error, client, giveBack) => {
      if (client === undefined) reject(error ?? new Error('The pool gave no connection.'));
      else resolve({ client: client as unknown as BoundedClient, giveBack });
    });
  });
