import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createStores, type Stores } from '@dialtone/persistence';
import type { TestDatabase } from '@dialtone/persistence/testing';
import { createLogger, createRegistry, gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createGateway } from '../src/create-gateway';
import { StoresModule } from '../src/outside/stores.module';

export interface StoredGateway {
  readonly app: NestFastifyApplication;
  /** On connections of their own, with the gateway's keys. */
  readonly stores: Stores;
}

/** The real gateway on PostgreSQL, asked without a socket. `env` is what differs from the defaults. The caller closes `app`. */
export const openStoredGateway = async (
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<StoredGateway> => {
  const config = gatewayConfig({
    DATABASE_URL: database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...env,
  });
  const stores = createStores(await database.connectAsApp(2), {
    secretBox: secretSealer(config.credentialsKeys),
    hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
  });
  const logger = createLogger({ name: 'test', level: 'silent' });
  const app = await createGateway(StoresModule.over(config, logger), { logger, registry: createRegistry() });
  await app.init();
  return { app, stores };
};
