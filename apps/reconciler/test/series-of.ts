import type { Registry } from '@dialtone/platform';

/** The samples whose name begins with `prefix`, as Prometheus reads them; buckets of histograms left out. */
export const seriesOf = async (registry: Registry, prefix: string): Promise<readonly string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(prefix) && !line.includes('_bucket'));
