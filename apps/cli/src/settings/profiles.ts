import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Failure, reasonOf } from '../failure';
import type { Environment } from '../surroundings';

export interface Profile {
  readonly address: string;
  readonly api_key: string;
}

export interface Profiles {
  /** The one that is taken when none is named. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const NONE: Profiles = { current: null, profiles: {} };
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

export const profilesPath = (env: Environment): string => {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  return join(configured === '' ? join(homedir(), '.config') : configured, 'dialtone', 'config.yaml');
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Windows has no such bits. */
const mustBePrivate = async (path: string): Promise<void> => {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  throw new Failure(`${path} holds API keys, and others may read it. Make it yours alone: chmod 600 '${path}'`);
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const profileOf = (path: string, name: string, value: unknown): Profile => {
  const { address, api_key } = (value ?? {}) as { readonly address?: unknown; readonly api_key?: unknown };
  if (isText(address) && isText(api_key)) return { address, api_key };
  throw new Failure(`${path}: profiles.${name}: has no address and api_key. Log in again: dialtone login ADDRESS`);
};

const profilesOf = (path: string, text: string): Profiles => {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Failure(`${path}: ${reasonOf(error)}`, undefined, { cause: error });
  }
  const { current, profiles } = (content ?? {}) as { readonly current?: unknown; readonly profiles?: unknown };
  const entries = Object.entries((profiles ?? {}) as Readonly<Record<string, unknown>>);
  return {
    current: isText(current) ? current : null,
    profiles: Object.fromEntries(entries.map(([name, value]) => [name, profileOf(path, name, value)])),
  };
};

/** The saved profiles; none without a file. Refuses a file that others may read. */
export const readProfiles = async (path: string): Promise<Profiles> => {
  try {
    await mustBePrivate(path);
    return profilesOf(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return NONE;
    throw error;
  }
};

/** Writes beside the file and renames: a reader sees the old or the new one, and a full disk leaves the old one. */
export const writeProfiles = async (path: string, profiles: Profiles): Promise<void> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  await chmod(folder, PRIVATE_FOLDER);
  const beside = join(folder, `.config-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(beside, 'wx', PRIVATE_FILE);
    try {
      await file.writeFile(stringify(profiles));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
};
