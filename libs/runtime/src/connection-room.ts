import type { ConnectionRoom } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';

/** Beside its pool each process has a connection on which it hears of commits. */
const LISTENERS = 1;

/**
 * Warns, in one line, of a process that PostgreSQL has no room for when its pool is full: later, under load, this shows as requests
 * and reconciles that fail. The pools of other processes count with what they hold now, so silence is no proof.
 * Never rejects: a server that does not tell is no reason not to start.
 */
export const warnWithoutRoom = async (
  read: () => Promise<ConnectionRoom>,
  { poolSize, logger }: { readonly poolSize: number; readonly logger: Pick<Logger, 'warn'> },
): Promise<void> => {
  try {
    const { most, reserved, open } = await read();
    const needed = poolSize + LISTENERS;
    const left = Math.max(0, most - reserved - open);
    if (needed <= left) return;
    logger.warn(
      { needed, left, pool_size: poolSize, max_connections: most, reserved, open },
      `PostgreSQL has too few connections for this process: it needs up to ${String(needed)} and ${String(left)} are left ` +
        `of max_connections = ${String(most)}. Raise max_connections, or lower DATABASE_POOL_SIZE or the number of replicas`,
    );
  } catch (error) {
    logger.warn({ err: error }, 'Whether PostgreSQL has enough connections for this process is not known');
  }
};
