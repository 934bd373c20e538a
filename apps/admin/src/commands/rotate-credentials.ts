import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

/** Safe to repeat. A key may leave the ring only after a run without failures. */
export const rotateCredentials = (config: AdminConfig): Promise<void> =>
  withStores(config, async ({ connections }) => {
    const { resealed, failed } = await connections.resealCredentials();
    print({ key: config.credentialsKeys.current, resealed, failed });
    if (failed.length === 0) return;
    throw new CommandError(
      `The credentials of ${String(failed.length)} connections open with no key of CREDENTIALS_KEYS: put the key back that sealed them, and run this again.`,
    );
  });
