import { isStale } from '@dialtone/engine';
import type { StoredReadiness } from '@dialtone/persistence';
import type { GatewaySettings } from '../outside/tokens';

/** A stored verdict as it is when it is read: it goes stale by itself when no look confirms it. */
export const asRead = (
  stored: StoredReadiness,
  { freshForMs }: Pick<GatewaySettings, 'freshForMs'>,
): StoredReadiness => ({
  ...stored,
  stale: isStale(stored, freshForMs),
});
