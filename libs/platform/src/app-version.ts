import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The sources lie less deep than what is built from them; the manifest stays where it is. */
const manifestAbove = (start: string): string => {
  const manifest = join(start, 'package.json');
  return existsSync(manifest) || dirname(start) === start ? manifest : manifestAbove(dirname(start));
};

const versionOf = (manifest: string): string => {
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
};

/** The version of this program, as package.json says it. */
export const appVersion = (): string => (read ??= versionOf(manifestAbove(__dirname)));
let read: string | undefined;
