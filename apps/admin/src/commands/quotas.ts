import { type Quota, QUOTAS } from '@dialtone/persistence';
import type { AdminConfig } from '@dialtone/platform';
import { CommandError, partnerNamed, print, withStores } from './with-stores';

export interface QuotaOptions {
  /** `agents=5`, `agents=0` for any number, or `agents=default`. */
  readonly set: readonly string[];
}

const CHANGE = /^([a-z_]+)=(default|\d{1,12})$/;

const isQuota = (name: string | undefined): name is Quota => QUOTAS.some((quota) => quota === name);

const readChange = (text: string): readonly [Quota, number | null] => {
  const [, quota, value] = CHANGE.exec(text) ?? [];
  if (!isQuota(quota)) {
    throw new CommandError(
      `"${text}" sets no quota: write agents=5, agents=0 for any number, or agents=default. There are ${QUOTAS.join(', ')}.`,
    );
  }
  return [quota, value === 'default' ? null : Number(value)];
};

/** Changes what is given, and prints all quotas. `at_most` null: as configured; 0: any number. */
export const setQuotas = async (config: AdminConfig, name: string, { set }: QuotaOptions): Promise<void> => {
  const change = Object.fromEntries(set.map(readChange));
  await withStores(config, async (stores) => {
    const partnerId = await partnerNamed(stores, name);
    await stores.quotas.set(partnerId, change);
    const { callsPerDay } = await stores.callPolicies.find(partnerId);
    const quotas = (await stores.quotas.list(partnerId)).map(({ quota, atMost, used }) => ({
      quota,
      at_most: atMost,
      used,
    }));
    print([...quotas, { quota: 'calls_per_day', at_most: callsPerDay }]);
  });
};
