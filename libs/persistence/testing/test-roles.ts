import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { grantRows } from '../src/app-role';

/** As a deployment makes its roles, under names that no deployment on the same server has. */
export const ROLES_SQL = readFileSync(join(__dirname, '../../../deploy/database/roles.sql'), 'utf8').replaceAll(
  /\bdialtone_(?=owner|app)/g,
  'dialtone_test_',
);
export const OWNER = 'dialtone_test_owner';
export const APP = 'dialtone_test_app';

/** Changes whenever what the roles are or what they are granted does. */
export const ROLES_TEXT = ROLES_SQL + String(grantRows);

/** The same for every run on a server, and known only to those who may log in there. */
const passwordOf = (server: URL, role: string): string =>
  createHash('sha256').update(`${server.username}:${server.password}@${role}`).digest('hex');

const as = (role: string, adminUrl: string): string => {
  const url = new URL(adminUrl);
  return Object.assign(url, { password: passwordOf(url, role), username: role }).href;
};

/** The URL of the same database for the role that owns its tables. */
export const ownerUrlOf = (adminUrl: string): string => as(OWNER, adminUrl);

/** The URL of the same database for the role of the processes. */
export const appUrlOf = (adminUrl: string): string => as(APP, adminUrl);

/** Makes both roles and gives them the database of `adminUrl`, together with `also`. One caller at a time per server. */
export const makeRoles = async (adminUrl: string, also = ''): Promise<void> => {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`${ROLES_SQL}; ${also}`);
    for (const role of [OWNER, APP])
      await admin.query(`alter role ${role} password '${passwordOf(new URL(adminUrl), role)}'`);
  } finally {
    await admin.end();
  }
};
