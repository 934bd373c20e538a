import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../paths.mjs';

const OWNER = 'dialtone_owner';
const APP = 'dialtone_app';

/**
 * Makes the two roles of a deployment in the database of `adminUrl`, with passwords that hold until the next call.
 * @param {string} adminUrl of a superuser
 * @returns {Promise<{url: string, migrationUrl: string}>} what processes and what migrations log in with
 */
export async function makeRoles(adminUrl) {
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const urlOf = async (role) => {
    const password = randomBytes(18).toString('base64url');
    await admin.query(`alter role ${role} password '${password}'`);
    return Object.assign(new URL(adminUrl), { username: role, password }).href;
  };
  try {
    await admin.query(readFileSync(join(repositoryRoot, 'deploy/database/roles.sql'), 'utf8'));
    return { url: await urlOf(APP), migrationUrl: await urlOf(OWNER) };
  } finally {
    await admin.end();
  }
}
