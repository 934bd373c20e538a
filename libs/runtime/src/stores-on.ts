import type { TimingListener } from '@dialtone/engine';
import { createStores, type Stores } from '@dialtone/persistence';
import { pepperedDigest, secretSealer, type AdminConfig } from '@dialtone/platform';
import type { Database } from './open-database';

/** The same in every process: what one seals, the others open. */
export type SecretsConfig = Pick<AdminConfig, 'apiKeyPepper' | 'credentialsKeys'>;

/** All stores on one pool, with stored credentials sealed and API keys digested by the configured keys. */
export const storesOn = (database: Database, config: SecretsConfig, onTimings?: TimingListener): Stores =>
  createStores(
    database,
    {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    },
    onTimings,
  );
