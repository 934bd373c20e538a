import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, print } from './with-stores';

const random = (): string => randomBytes(32).toString('base64');
const SECRETS: Readonly<Record<string, () => string>> = {
  API_KEY_PEPPER: random,
  CREDENTIALS_KEYS: () => `k1:${random()}`,
};

/** Complete or not there, and never over one that is there: what is stored can be read with the first alone. */
const writeOnce = (path: string, text: string): boolean => {
  if (existsSync(path)) return false;
  const part = `${path}.${String(process.pid)}`;
  writeFileSync(part, `${text}\n`, { mode: 0o400, flush: true });
  try {
    linkSync(part, path);
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(part);
  }
};

/** Writes the secrets that a directory lacks, each into a file of its name, and prints which it made and which it kept. */
export const makeSecrets = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const made = Object.entries(SECRETS).flatMap(([name, make]) =>
      writeOnce(join(directory, name), make()) ? [name] : [],
    );
    print({ directory, made, kept: Object.keys(SECRETS).filter((name) => !made.includes(name)) });
  } catch (error) {
    throw new CommandError(
      `Secrets cannot be written to ${directory}: ${error instanceof Error ? error.message : ''}.`,
    );
  }
};
