import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '..', '..');

/** Data, pids and addresses of what runs locally from this checkout; git-ignored. */
export const localDirectory = join(repositoryRoot, '.dialtone');

/** What is worth keeping over fresh clones: the Kafka jars. */
export const cacheDirectory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dialtone');

/**
 * The Node that npm brought, by its real path: the caller's `process.execPath` may be an older one, and the link in .bin
 * disappears while dependencies are reinstalled.
 */
export function projectNode() {
  const link = join(repositoryRoot, 'node_modules', '.bin', 'node');
  return existsSync(link) ? realpathSync(link) : process.execPath;
}
