import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Explained } from './errors.mjs';

/** Children must not outlive us, even when we are killed with SIGKILL. */
const guardScript =
  'cat >/dev/null; kill -s "$1" "$0" 2>/dev/null; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$0" 2>/dev/null || exit; done; kill -s KILL "$0"';

/**
 * A shell that waits for the end of its standard input, which the kernel brings about when this process dies in
 * whatever way, and then stops the child. It costs 1 MB and runs in its own session, so a Ctrl-C does not reach it.
 */
function guard(child, stopSignal) {
  const watcher = spawn('sh', ['-c', guardScript, String(child.pid), stopSignal.replace('SIG', '')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  watcher.stdin.unref?.();
  child.once('exit', () => watcher.kill('SIGKILL'));
}

/** The last lines of a log, for an error message. */
export function tail(file, lines = 15) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

/** True while a process with this id exists, ours or not. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** True when the process exists and `mark` (a path that only our process was given) stands in its command line. */
function isOurs(pid, mark) {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
  } catch {
    const listed = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return listed.stdout?.includes(mark) ?? false; // Never signal what we cannot identify.
  }
}

/** Sends the signal, waits up to `graceMs` for the end, and then kills. */
async function endProcess(pid, signal, graceMs) {
  const deadline = Date.now() + graceMs;
  process.kill(pid, signal);
  while (isAlive(pid) && Date.now() < deadline) await sleep(50);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(20);
}

/** Stops what an earlier run, which did not come to its end, left behind. */
export async function stopLeftover({ pidFile, mark, stopSignal = 'SIGTERM', say = () => {}, name }) {
  let pid;
  try {
    pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  } catch {
    return;
  }
  if (pid > 1 && isOurs(pid, mark)) {
    say(`Stopping ${name} left over from an earlier run (pid ${pid}).`);
    await endProcess(pid, stopSignal, 10_000);
  }
}

/**
 * Starts a long-running child in its own session (so that Ctrl-C reaches only us, and we stop it in order), with its
 * output in a log file and its pid in a file.
 * @param {{name: string, command: string, args: string[], env?: object, cwd?: string, uid?: number, gid?: number,
 *   logFile: string, pidFile?: string, stopSignal?: NodeJS.Signals}} options
 * @returns {{pid: number, exited: Promise<string>, hasExited: () => boolean, stop: (graceMs?: number) => Promise<void>, kill: () => Promise<void>}}
 *   `exited` resolves to how it ended, never rejects.
 */
export function startService({ name, command, args, env, cwd, uid, gid, logFile, pidFile, stopSignal = 'SIGTERM' }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    uid,
    gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise((resolve) => {
    const end = (how) => {
      ended = true;
      if (pidFile) rmSync(pidFile, { force: true });
      resolve(how);
    };
    child.once('error', (error) => end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `exited with code ${code}`));
  });
  if (child.pid !== undefined) {
    guard(child, stopSignal);
    if (pidFile) writeFileSync(pidFile, `${child.pid}\n`);
  }
  const signalAndWait = async (signal, graceMs) => {
    if (ended || child.pid === undefined) return;
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(late);
  };
  return {
    name,
    pid: child.pid,
    exited,
    hasExited: () => ended,
    stop: (graceMs = 8000) => signalAndWait(stopSignal, graceMs),
    kill: () => signalAndWait('SIGKILL', 1000),
  };
}

/**
 * Polls `ready` until it is true. Fails with a sentence and the end of the log when the service ends first or the time is over.
 */
export async function waitUntilReady(service, ready, { timeoutMs, logFile, intervalMs = 50 }) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await ready()) return;
    if (service.hasExited()) {
      throw new Explained(
        `${service.name} ${await service.exited} while it started. Its last words (${logFile}):\n${tail(logFile)}`,
      );
    }
    if (Date.now() > deadline) {
      await service.stop();
      throw new Explained(
        `${service.name} was not ready within ${timeoutMs / 1000} s. Its last words (${logFile}):\n${tail(logFile)}`,
      );
    }
    await sleep(intervalMs);
  }
}
