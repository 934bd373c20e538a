import type { ConnectionId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import { createLogger, gateMetrics, Registry } from '@dialtone/platform';
import { InMemoryWorld } from '@dialtone/testing';
import { accountPoolOf, protectionOf, type UpstreamConfig } from './upstream';

const ALLOWED = 'http://127.0.0.1:1';
const CONNECTION = 'c' as ConnectionId;
const config: UpstreamConfig = {
  dryRun: true,
  voicelinkBaseUrlAllowlist: [ALLOWED],
  voicelinkCountryCode: '91',
  voicelinkExpiryUtcOffset: '+05:30',
  voicelinkRateBurst: 20,
  voicelinkRatePerSecond: 10,
  voicelinkTimeoutMs: 1_000,
};
const logger = createLogger({ name: 'test', level: 'silent' });

/** Accounts of a connection with this base URL; what they do at VoiceLink is counted. */
const pool = (baseUrl: string) => {
  const { rateBudget } = new InMemoryWorld();
  const credentials = { username: 'u', password: 'p' };
  const connectionStates = { noteBreaker: () => Promise.resolve() };
  const stores = {
    rateBudget,
    connectionStates,
    connections: { access: () => Promise.resolve({ baseUrl, credentials }) },
  };
  const metrics = gateMetrics(new Registry());
  const requests: string[] = [];
  const protection = protectionOf(stores as unknown as Stores, { config, logger, metrics });
  const accounts = accountPoolOf(stores as unknown as Stores, {
    config,
    protection,
    metrics: ({ endpoint }) => requests.push(endpoint),
    unreadableOf: () => () => undefined,
  });
  return { accounts, protection, rateBudget, requests };
};

describe('protectionOf', () => {
  it('limits the requests of all processes to what the configuration says', () => {
    const { protection, rateBudget } = pool(ALLOWED);
    expect(protection.budget).toBe(rateBudget);
    // A write waits no longer than a request takes: its in-doubt window counts on it.
    expect(protection.limits).toEqual({ ratePerSecond: 10, burst: 20, writeWaitMs: 1_000 });
  });
});

describe('accountPoolOf', () => {
  it('opens accounts only at allowed base URLs', async () => {
    const stranger = pool('http://127.0.0.1:2');
    expect(await stranger.accounts.open(CONNECTION)).toBeNull();
    const known = pool(ALLOWED);
    expect(await known.accounts.open(CONNECTION)).not.toBeNull();
    await Promise.all([stranger.accounts.close(), known.accounts.close()]);
  });

  it('sends no write in dry-run', async () => {
    const { accounts, requests } = pool(ALLOWED);
    const account = await accounts.open(CONNECTION);
    const outcome = await account?.raw.call({ method: 'POST', path: '/v1/websocket-bot/create', body: {} });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'dry_run' } });
    expect(requests).toEqual([]);
    await accounts.close();
  });
});
