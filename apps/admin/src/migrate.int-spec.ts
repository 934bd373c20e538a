import { randomBytes } from 'node:crypto';
import { adminConfig } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { adminProgram } from './program';

describe('migrate --check', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const check = async (): Promise<string> => {
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const config = adminConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    });
    try {
      await adminProgram(() => config, {}).parseAsync(['node', 'admin', 'migrate', '--check']);
      return printed.join('');
    } catch (error) {
      return String(error);
    } finally {
      write.mockRestore();
    }
  };

  it('fails until every migration of this build has run, and changes nothing', async () => {
    const source = await database.connect(2);
    expect(JSON.parse(await check())).toEqual({ schema: 'current' });
    await source.query(`delete from migrations where id = (select max(id) from migrations)`);
    expect(await check()).toContain('older than this build');
    await source.query('drop table migrations');
    expect(await check()).toContain('older than this build');
    expect(await source.query(`select to_regclass('migrations') as found`)).toEqual([{ found: null }]);
  });
});
