import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Explained } from '../errors.mjs';
import { localDirectory } from '../paths.mjs';
import { isAlive } from '../service-process.mjs';

const lockFile = join(localDirectory, 'up.pid');
const factsFile = join(localDirectory, 'up.json');

/** Only one `up` per checkout: they would share the data directories. Returns what gives the lock back. */
export function takeLock() {
  mkdirSync(localDirectory, { recursive: true });
  for (;;) {
    try {
      const file = openSync(lockFile, 'wx', 0o600);
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return () => rmSync(lockFile, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      clearLeftover();
    }
  }
}

/** A lock whose process is gone was left by an `up` that was killed. */
function clearLeftover() {
  const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
  if (pid > 1 && isAlive(pid)) {
    throw new Explained(
      `Dialtone is already running from this checkout (pid ${pid}; ${factsFile} has its addresses). Stop it with Ctrl-C there, or with: kill ${pid}`,
    );
  }
  rmSync(lockFile, { force: true });
}

/** For scripts: what was printed for people. It holds an API key, so only its owner may read it. */
export function rememberStack(facts) {
  rmSync(factsFile, { force: true });
  writeFileSync(factsFile, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
}

export function forgetStack() {
  rmSync(factsFile, { force: true });
}
