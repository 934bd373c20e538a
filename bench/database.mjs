import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Explained } from '../deploy/local/errors.mjs';

const WRITTEN = `select tup_inserted + tup_updated + tup_deleted as rows from pg_stat_database where datname = current_database()`;

/** Hundredths of a second, as Linux counts the time of processes. */
const TICK_MS = 10;

/** Fields of /proc/<pid>/stat after the name, which may contain anything: the parent, user and system time. */
function processOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system, childUser, childSystem] = fields.slice(11, 15);
  return { parent: fields[1], own: user + system, ended: childUser + childSystem };
}

/**
 * The CPU time so far of all processes of the server that `backend` belongs to, but for that backend, ms; null where the server
 * is not a process of this machine, or the machine is no Linux. Processes that have ended count, too.
 */
function serverCpuMs(backend) {
  try {
    if (!readFileSync(`/proc/${backend}/comm`, 'utf8').startsWith('postgres')) return null;
    const server = processOf(backend).parent;
    const { own, ended } = processOf(server);
    let ticks = own + ended;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== backend)) {
      try {
        const child = processOf(pid);
        if (child.parent === server) ticks += child.own;
      } catch {
        // It has ended meanwhile.
      }
    }
    return ticks * TICK_MS;
  } catch {
    return null;
  }
}

/** What a benchmark asks the database, on a session of its own whose statements are not counted. */
export async function watchDatabase(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const rows = async (sql, parameters) => (await client.query(sql, parameters)).rows;
  const [{ pid }] = await rows('select pg_backend_pid() as pid');
  return {
    rows,
    /** CPU time of the server so far, this session's left out; null where it cannot be known. */
    cpuMs: () => serverCpuMs(pid),
    /** Rows inserted, updated and deleted so far by this session and by those whose statistics are flushed. */
    rowsWritten: async () => {
      await client.query('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
      return Number((await rows(WRITTEN))[0].rows);
    },
    /** Polls until `sql` returns a row, and returns it. */
    until: async (sql, parameters, { timeoutMs = 600_000, everyMs = 20 } = {}) => {
      for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(everyMs)) {
        const [row] = await rows(sql, parameters);
        if (row !== undefined) return row;
      }
      throw new Explained(`Not within ${timeoutMs / 1000} s: ${sql}`);
    },
    close: () => client.end(),
  };
}
