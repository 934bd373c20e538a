import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { rows } from '../db';
import { preparedRows } from './prepared-rows';
import { arrayParameter, type Parameter, PreparedStatement } from './prepared-statement';

/** A column of each type that the gateway reads, some of them of the same name. */
const EVERYTHING = new PreparedStatement(
  'everything',
  `select $1::text as label, $1::text as again, i.number, i.number::int8 as number, i.number::float8 / 3 as part, i.number > 0 as isMore,
          to_timestamp(i.number) as at, jsonb_build_object('label', $1::text, 'at', i.number) as facts, $2::text[] as labels,
          array[to_timestamp(i.number), null] as times, gen_random_uuid() is null as none, null::jsonb as nothing
     from generate_series(1, $3::int) i (number)`,
);
const KEPT = new PreparedStatement('kept', 'select * from kept where id > $1::int order by id');

describe('a statement that connections keep prepared', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    // One session, so that each statement finds what those before it left.
    source = await database.connect(1);
    await source.query('create table kept (id int)');
    await source.query('insert into kept values (1), (2)');
  });
  afterAll(() => database.drop());

  const ask = (...parameters: readonly Parameter[]): Promise<unknown[]> => preparedRows(source, KEPT, parameters);

  it('has the same rows as one that is not prepared', async () => {
    // PostgreSQL has no text with a NUL, and UTF-8 no lone surrogate.
    const text = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(
        fc.option(text),
        fc.array(fc.option(text), { maxLength: 5 }),
        fc.nat(20),
        async (label, labels, count) => {
          const parameters = [label, arrayParameter(labels), String(count)];
          const asked = await preparedRows(source, EVERYTHING, parameters);
          expect(asked).toEqual(await rows(source, EVERYTHING.text, parameters));
          expect(asked.map((row) => Object.keys(row as object))).toEqual(
            (await rows<object>(source, EVERYTHING.text, parameters)).map((row) => Object.keys(row)),
          );
          expect(asked).toHaveLength(count);
        },
      ),
    );
  });

  it('is prepared once on a connection', async () => {
    await ask('1');
    await ask('1');
    const kept = await rows<{ name: string }>(source, `select name from pg_prepared_statements where name = 'kept'`);
    expect(kept).toHaveLength(1);
    expect(await ask('1')).toEqual([{ id: 2 }]);
  });

  it('tells what is wrong with a value, and is answered after that', async () => {
    await expect(ask('one')).rejects.toMatchObject({ code: '22P02' });
    expect(await ask('0')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('has the columns that its table has by now', async () => {
    await ask('1');
    await source.query(`alter table kept add column name text default 'n'`);
    expect(await ask('1')).toEqual([{ id: 2, name: 'n' }]);
    expect(await ask('1')).toEqual([{ id: 2, name: 'n' }]);
    await source.query('alter table kept drop column name');
  });

  it('is answered when the server has forgotten it', async () => {
    await ask('1');
    await source.query('deallocate all');
    expect(await ask('1')).toEqual([{ id: 2 }]);
  });

  it('sees what its transaction has written', async () => {
    await ask('2');
    await source.transaction(async (tx) => {
      await tx.query('insert into kept values (3)');
      expect(await preparedRows(tx, KEPT, ['2'])).toEqual([{ id: 3 }]);
      await tx.query('delete from kept where id = 3');
    });
    expect(await ask('2')).toEqual([]);
  });

  it('fails when its connection ends, and is answered by the next one', async () => {
    await ask('1');
    const ended = ask('1; select pg_sleep(10)');
    await expect(ended).rejects.toMatchObject({ code: '22P02' });
    const sleeping = new PreparedStatement(
      'sleeping',
      'select pg_terminate_backend(pg_backend_pid()), $1::text as label',
    );
    await expect(preparedRows(source, sleeping, ['x'])).rejects.toMatchObject({ code: '57P01' });
    expect(await ask('1')).toEqual([{ id: 2 }]);
  });
});
