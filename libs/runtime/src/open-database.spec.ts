import { createLogger, Registry } from '@dialtone/platform';
import { openDatabase } from './open-database';

describe('openDatabase', () => {
  it('says in a sentence that the database cannot be used, and why', async () => {
    const registry = new Registry();
    const opening = openDatabase({
      // A port of this machine where nothing listens.
      config: {
        databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
        databasePoolSize: 2,
        databaseTimeoutMs: 500,
        databaseWaitMs: 0,
      },
      applicationName: 'test',
      logger: createLogger({ name: 'test', level: 'silent' }),
      registry,
    });
    await expect(opening).rejects.toThrow(/^The database that DATABASE_URL names cannot be used: ./);
    // The metrics are there from the start.
    expect(await registry.metrics()).toContain('dialtone_database_connection_failures_total 0');
  });
});
