import { randomBytes } from 'node:crypto';
import { usePostgres } from '@dialtone/persistence/testing';
import { APP, appUrlOf, makeRoles, OWNER, ownerUrlOf, ROLES_SQL } from '../testing/test-roles';
import type { DataSource } from 'typeorm';
import { roleOf } from './app-role';
import { createDataSource } from './data-source';
import { migrate } from './migrate';

const postgres = usePostgres();

const opened: DataSource[] = [];
const open = async (url: string): Promise<DataSource> => {
  const source = await createDataSource({ url, poolSize: 2, applicationName: 'roles' }).initialize();
  opened.push(source);
  return source;
};

/** A database made as a deployment makes one, with the URL of the server's administrator. */
const databases: string[] = [];
const createDatabase = async (tag: string, make = ''): Promise<string> => {
  const name = `${postgres.database.name}_${tag}`;
  await postgres.query(`create database ${name} ${make}`);
  databases.push(name);
  const { url } = postgres.dataSource.options as { readonly url: string };
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
};

const PASSWORD = randomBytes(12).toString('hex');
const roles: string[] = [];
const createRole = async (tag: string, rights: string): Promise<string> => {
  const name = `${postgres.database.name}_${tag}`;
  await postgres.query(`create role ${name} login ${rights} password '${PASSWORD}'`);
  roles.push(name);
  return name;
};
const loginAs = (url: string, username: string): string =>
  Object.assign(new URL(url), { username, password: PASSWORD }).href;

/** SQLSTATE of the refusal, or what happened instead. */
const refusalOf = (source: DataSource, sql: string): Promise<unknown> =>
  source.query(sql).then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code,
  );
const NO_RIGHT = '42501';

afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.destroy()));
  for (const name of databases.splice(0)) await postgres.query(`drop database ${name} with (force)`);
  for (const name of roles.splice(0).reverse()) await postgres.query(`drop role if exists ${name}`);
});

describe('the role of the processes', () => {
  it('is what the suites of all stores work as', async () => {
    const app = await open(postgres.database.url);
    expect(await roleOf(app)).toBe(APP);
    const [row] = await app.query<object[]>(
      'select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls from pg_roles where rolname = current_user',
    );
    expect(new Set(Object.values(row ?? { rolsuper: true }))).toEqual(new Set([false]));
  });

  it('may write rows and nothing else', async () => {
    const admin = await createDatabase('roles');
    await makeRoles(admin);
    const owner = await open(ownerUrlOf(admin));
    await migrate(owner, APP);
    await owner.query('create schema others');
    await owner.query('create table others.secrets (id int)');
    const app = await open(appUrlOf(admin));
    expect(
      await app.query(`insert into partners (id, name) values (gen_random_uuid(), 'Acme') returning name`),
    ).toEqual([{ name: 'Acme' }]);
    expect(await refusalOf(app, `select nextval('lease_epoch')`)).toBe('done');
    const refused = [
      'create table mine (id int)',
      'create temp table mine (id int)',
      'create schema mine',
      'create function mine() returns int language sql as $$ select 1 $$',
      'alter table partners add column mine int',
      'drop table calls',
      'truncate calls',
      'create index on partners (name)',
      'create trigger mine before insert on partners for each row execute function suppress_redundant_updates_trigger()',
      `insert into migrations (timestamp, name) values (1, 'mine')`,
      'update migrations set name = name',
      'delete from migrations',
      `update number_rekeys set action = action`,
      'delete from partners',
      'delete from upstream_writes',
      'delete from connections',
      'update history set actor = actor',
      `select setval('lease_epoch', 1)`,
      'select * from others.secrets',
      'create table others.mine (id int)',
      'select * from pg_authid',
      `copy partners to '/tmp/mine'`,
      `set role ${OWNER}`,
      'create role mine',
      'create database mine',
    ];
    for (const sql of refused) expect([sql, await refusalOf(app, sql)]).toEqual([sql, NO_RIGHT]);
  });

  it('has the rows of a new table from its creation on, and after each migrate just what it needs', async () => {
    const admin = await createDatabase('later');
    await makeRoles(admin);
    const [owner, app] = [await open(ownerUrlOf(admin)), await open(appUrlOf(admin))];
    await migrate(owner, APP);
    await owner.query('create table later (id int generated always as identity)');
    expect(await refusalOf(app, 'insert into later default values')).toBe('done');
    expect(await refusalOf(app, 'delete from later')).toBe(NO_RIGHT);
    await owner.query(`grant all on later to ${APP}`);
    expect(await migrate(owner, APP)).toEqual([]);
    expect(await refusalOf(app, 'select * from later')).toBe('done');
    expect(await refusalOf(app, 'truncate later')).toBe(NO_RIGHT);
  });
});

describe('roles.sql', () => {
  it('takes over a database that one role has made, while processes work as that one, and may run again', async () => {
    const before = await createRole('before', '');
    const admin = await createDatabase('taken', `owner ${before}`);
    const single = await open(loginAs(admin, before));
    await migrate(single);
    await single.query(`insert into partners (id, name) values (gen_random_uuid(), 'Acme')`);
    await makeRoles(admin, `grant ${OWNER} to ${before}`);
    await makeRoles(admin);
    const owner = await open(ownerUrlOf(admin));
    await migrate(owner, APP);
    await owner.undoLastMigration();
    await migrate(owner, APP);
    await single.query(`insert into partners (id, name) values (gen_random_uuid(), 'Beta')`);
    const app = await open(appUrlOf(admin));
    expect(await app.query('select name from partners order by name')).toEqual([{ name: 'Acme' }, { name: 'Beta' }]);
    expect(await refusalOf(app, `select nextval('lease_epoch')`)).toBe('done');
  });

  it('works for an administrator who is no superuser, as on managed servers', async () => {
    const administrator = await createRole('admin', 'createrole createdb');
    const admin = loginAs(await createDatabase('managed', `owner ${administrator}`), administrator);
    const [owner, app] = ['dialtone_managed_owner', 'dialtone_managed_app'] as const;
    roles.push(owner, app);
    const source = await open(admin);
    await source.query(ROLES_SQL.replaceAll('dialtone_test_', 'dialtone_managed_'));
    for (const role of [owner, app]) await source.query(`alter role ${role} password '${PASSWORD}'`);
    await migrate(await open(loginAs(admin, owner)), app);
    expect(
      await refusalOf(
        await open(loginAs(admin, app)),
        `insert into partners (id, name) values (gen_random_uuid(), 'Acme')`,
      ),
    ).toBe('done');
  });
});
