import { recordedLog } from '../../test/recorded-log';
import { CredentialsRetention } from './credentials-retention';

const DAY_HOURS = 24;

describe('CredentialsRetention', () => {
  it('destroys batch after batch, until one is not full', async () => {
    const { logger, lines } = recordedLog();
    const asked: unknown[] = [];
    const batches = [500, 500, 20];
    const forgetCredentials = (request: unknown): Promise<number> => {
      asked.push(request);
      return Promise.resolve(batches.shift() ?? 0);
    };
    await new CredentialsRetention({ forgetCredentials }, DAY_HOURS, logger).forget();
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ olderThanMs: 86_400_000, limit: 500 })));
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'Credentials of disconnected connections destroyed', connections: 1020 }),
    ]);
  });

  it('outlives a database that is away', async () => {
    const { logger, lines } = recordedLog();
    const forgetCredentials = (): Promise<number> => Promise.reject(new Error('away'));
    await new CredentialsRetention({ forgetCredentials }, DAY_HOURS, logger).forget();
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Credentials of disconnected connections could not be destroyed; next try in an hour',
    ]);
  });
});
