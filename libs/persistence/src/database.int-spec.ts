import { setTimeout as sleep } from 'node:timers/promises';
import { usePostgres } from '@dialtone/persistence/testing';
import { readConnectionRoom } from './connection-room';
import { createDataSource } from './data-source';
import { jsonArray, numberArray, textArray } from './binary-arrays';
import { isDatabaseUnavailable } from './database-errors';
import { migrate } from './migrate';

const postgres = usePostgres();
const { query } = postgres;

describe('the database', () => {
  it('is migrated once, however many processes try at the same time', async () => {
    const name = `${postgres.database.name}_fresh`;
    const url = new URL(postgres.database.ownerUrl);
    await query(`create database ${name} owner ${url.username}`);
    url.pathname = `/${name}`;
    const connect = () => createDataSource({ url: url.toString(), poolSize: 2, applicationName: 'test' }).initialize();
    const sources = await Promise.all([connect(), connect(), connect()]);
    try {
      const ran = await Promise.all(sources.map((source) => migrate(source)));
      const [source] = sources;
      const all = source.migrations.map((migration) => migration.name);
      expect(all.length).toBeGreaterThan(0);
      expect(ran.flat()).toEqual(all);
      expect(await migrate(source)).toEqual([]);
      // Each one takes back what it did.
      for (let undone = 0; undone < all.length; undone += 1) await source.undoLastMigration();
      expect(await migrate(source)).toEqual(all);
    } finally {
      await Promise.all(sources.map((source) => source.destroy()));
      await query(`drop database ${name} with (force)`);
    }
  });

  it.each([
    ['none', []],
    ['every kind, in its order', [null, 'a"b\\', 7, true, { é: ['€', '😀', null] }, [], {}, 'x'.repeat(70_000)]],
    ['no null', [1, 2]],
  ])('takes arrays of JSON in its own format: %s', async (_name, values) => {
    const found = await query('select value, value is null as none from unnest($1::jsonb[]) value', [
      jsonArray(values),
    ]);
    expect(found).toEqual(values.map((value) => ({ value, none: value === null })));
  });

  it.each<[string, (string | null)[]]>([
    ['of nothing', []],
    ['with quotes and commas', ['a"b', 'c,{d}', String.raw`e\f`, '']],
    ['with a null and more than one byte for a character', [null, 'NULL', 'ßä€😀']],
  ])('takes arrays of text in its own format: %s', async (_name, values) => {
    const found = await query('select value from unnest($1::text[]) value', [textArray(values)]);
    expect(found).toEqual(values.map((value) => ({ value })));
  });

  it('takes arrays of numbers in its own format, also as whole ones', async () => {
    const values = [0, -1.5, null, 2 ** 53, 1_796_070_784_834];
    const found = await query('select value from unnest($1::float8[]) value', [numberArray(values)]);
    expect(found).toEqual(values.map((value) => ({ value })));
    const whole = await query('select value::bigint as value from unnest($1::float8[]) value', [
      numberArray([2 ** 53]),
    ]);
    expect(whole).toEqual([{ value: String(2 ** 53) }]);
  });

  it('tells a role without privileges how many connections it has, and how many others hold', async () => {
    const [one, other] = await Promise.all([postgres.database.connectAsApp(), postgres.database.connectAsApp()]);
    const [most] = await query('show max_connections');
    const room = await readConnectionRoom(one);
    expect({ max_connections: String(room.most) }).toEqual(most);
    expect(room.reserved).toBeGreaterThanOrEqual(3);
    await other.query('select 1');
    expect(room.open).toBeGreaterThanOrEqual(1);
    expect(room.open).toBeLessThan(room.most);
  });

  it('is told apart, when it is away, from a defect', async () => {
    const nowhere = createDataSource({ url: 'postgres://x@127.0.0.1:1/x', poolSize: 2, applicationName: 'x' });
    const refused: unknown = await nowhere.initialize().catch((error: unknown) => error);
    expect(isDatabaseUnavailable(refused)).toBe(true);
    const ended: unknown = await query(`select pg_terminate_backend(pg_backend_pid())`).catch(
      (error: unknown) => error,
    );
    expect(isDatabaseUnavailable(ended)).toBe(true);
    // The pool needs a moment to drop the dead connection.
    await sleep(100);
    const defect: unknown = await query('select nonsense').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(defect)).toBe(false);
    expect(isDatabaseUnavailable('x')).toBe(false);
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
