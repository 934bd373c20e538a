import type { AdminConfig } from '@dialtone/platform';
import { CommandError, print, withStores } from './with-stores';

/** Safe to repeat. A key may leave the ring only after a run without failures. */
export const rotateCredentials = (config: AdminConfig): Promise<void> =>
  withStores(config, async ({ connections }) => {
    const { resealed, failed } = await connections.resealCredentials();
    print({ key: config.credentialsKeys.current, resealed, failed });
    if (failed.length === 0) return;
    throw new CommandError(
      `What is sealed of ${countsOf(failed)} opens with no key of CREDENTIALS_KEYS: put the key back that sealed it, and run this again.`,
    );
  });

const countsOf = (failed: readonly string[]): string => {
  const webhooks = failed.filter((owner) => owner.startsWith('webhook:')).length;
  const answers = failed.filter((owner) => owner.startsWith('kept_answer_of:')).length;
  const counts = {
    connections: failed.length - webhooks - answers,
    webhooks,
    'partners (answers that are kept for a day)': answers,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${String(count)} ${what}`)
    .join(', ');
};
