import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDirectory } from '../paths.mjs';

/** Made once per checkout, because the data that is kept is sealed with them. */
export function localSecrets() {
  const file = join(localDirectory, 'secrets.json');
  if (!existsSync(file)) {
    const secrets = {
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `local:${randomBytes(32).toString('base64')}`,
    };
    writeFileSync(file, `${JSON.stringify(secrets)}\n`, { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
