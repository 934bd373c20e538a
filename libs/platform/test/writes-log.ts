import { createLogger } from '../src/logging';
import { droppedLines } from '../src/logging/standard-output';
import { runMain } from '../src/run-main';

// A process that logs and ends: HOW LINES. Built and run by logging/standard-output.spec.ts.
const [how = '', lines] = process.argv.slice(2);

const after = (ms: number, act: () => void): void => {
  setTimeout(act, ms);
};
/** As Nest does: it stops in order, and exits. */
const stopsAfter = (ms: number): void => {
  process.once('SIGTERM', () => {
    after(ms, () => process.exit(0));
  });
};

const ENDS: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(3),
  throw: () => {
    after(0, () => {
      throw new Error('thrown');
    });
  },
  fail: () => {
    throw new Error('the port is taken');
  },
  signal: () => {
    after(5_000, () => undefined);
    process.kill(process.pid, 'SIGTERM');
  },
  stop: () => {
    stopsAfter(20);
    process.kill(process.pid, 'SIGTERM');
  },
  last: () => undefined,
  // Says that its timers run, and what was dropped; goes on until it is told to stop.
  live: () => {
    after(300, () => process.stderr.write(`alive ${String(droppedLines())}\n`));
    stopsAfter(1_500);
    setInterval(() => undefined, 1_000);
  },
};

runMain('test', () => {
  const logger = createLogger({ name: 'test', level: 'info', revision: 'r1' });
  for (let line = 0; line < Number(lines); line += 1) logger.info({ line, pad: 'x'.repeat(200) }, 'said');
  ENDS[how]?.();
  return Promise.resolve();
});
