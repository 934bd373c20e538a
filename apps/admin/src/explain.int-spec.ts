import { randomBytes } from 'node:crypto';
import { adminConfig } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { explain } from './explain';
import { adminProgram } from './program';

describe('what the user of a command can put right', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const failureOf = async (args: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const config = adminConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      ...env,
    });
    const run = adminProgram(() => config, {}).parseAsync(['node', 'admin', ...args.split(' ')]);
    return run.then(() => null).catch((error: unknown) => error);
  };
  const elsewhere = (
    change: Partial<Pick<URL, 'port' | 'pathname' | 'password'>>,
  ): { readonly DATABASE_URL: string } => ({
    DATABASE_URL: Object.assign(new URL(database.url), change).toString(),
  });

  it.each([
    [
      'a database that is away',
      { port: '1' },
      /^The database does not answer \(.*ECONNREFUSED.*\): see DATABASE_URL[.]$/,
    ],
    [
      'a database that is not there',
      { pathname: '/nowhere' },
      /refuses the login \(database "nowhere" does not exist\)/,
    ],
    ['a wrong password', { password: 'wrong' }, /refuses the login \(password authentication failed/],
    ['a schema that is not there', { pathname: '/postgres' }, /older than this build: run migrate[.]$/],
  ])('is said in a sentence: %s', async (_name, change, sentence) => {
    const said = explain(await failureOf('partner list', elsewhere(change)));
    expect(said).toMatch(sentence);
    expect(said).not.toContain('wrong');
  });

  it.each([
    ['a topic without a broker', 'events --topic x', { KAFKA_BROKERS: '' }, 'no broker configured'],
    ['a broker that is away', 'topics', { KAFKA_BROKERS: '127.0.0.1:1' }, 'ECONNREFUSED'],
  ])('is said in a sentence: %s', async (_name, args, env, reason) => {
    expect(explain(await failureOf(args, env))).toMatch(
      new RegExp(`^Kafka cannot do this: .*${reason}.* See KAFKA_BROKERS[.]$`),
    );
  });

  it('is not said of a defect, which keeps its stack', () => {
    expect(explain(new TypeError('x is not a function'))).toBeNull();
    expect(explain('thrown')).toBeNull();
  });
});
