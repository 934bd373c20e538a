import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { pino, type DestinationStream } from 'pino';

/** What waits while nothing reads: minutes of a busy process. What comes on top of it is dropped, and counted. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A pipe that took nothing for so long has a reader that has stopped: an end does not wait for it. */
const STUCK_AFTER_MS = 1_000;

export interface LineOutput extends DestinationStream {
  /** Resolves once nothing waits, or nothing reads. */
  flushed(): Promise<void>;
  /** How many lines were dropped because too much waited. */
  dropped(): number;
  /** Called with how many lines were dropped, once there is room again. */
  onRoom(tell: (dropped: number) => void): void;
}

const open = (): LineOutput => {
  const output = pino.destination({ dest: 1, sync: false, maxLength: MOST_BYTES });
  const flushAll = output.flushSync.bind(output);
  const dropped = { all: 0, untold: 0 };
  /** When the pipe took something last, or began to be written to; null: nothing waits. */
  let waitsSince: number | null = null;
  const isStuck = (): boolean => waitsSince !== null && performance.now() - waitsSince > STUCK_AFTER_MS;
  output.on('drop', () => {
    dropped.all += 1;
    dropped.untold += 1;
  });
  output.on('write', () => {
    waitsSince = performance.now();
  });
  output.on('drain', () => {
    waitsSince = null;
  });
  // pino flushes it when the process exits. Node would then wait for the write that is under way, for ever when nothing reads.
  output.flushSync = () => {
    if (isStuck()) process.kill(process.pid, 'SIGKILL');
    flushAll();
  };
  return {
    write: (line) => {
      waitsSince ??= performance.now();
      output.write(line);
    },
    flushed: async () => {
      if (waitsSince === null) return;
      await Promise.race([once(output, 'drain'), setTimeout(STUCK_AFTER_MS, null, { ref: false })]);
      if (!isStuck()) flushAll();
    },
    dropped: () => dropped.all,
    onRoom: (tell) => {
      output.on('drain', () => {
        const { untold } = dropped;
        dropped.untold = 0;
        if (untold > 0) tell(untold);
      });
    },
  };
};

let opened: LineOutput | null = null;

/**
 * Standard output of this process, one for all loggers, so that lines stay in order. A write takes no time, whether anything reads or
 * not. What waits is written when the process exits; after a reader that has stopped, the process ends by SIGKILL.
 */
export const standardOutput = (): LineOutput => (opened ??= open());

/** Resolves once what was logged is written, or nothing reads it. */
export const flushOutput = async (): Promise<void> => {
  await opened?.flushed();
};

/** Standard output for the last words of a process. */
export const outputAtOnce = (): DestinationStream => pino.destination({ dest: 1, sync: true });

/** How many lines were dropped; 0 while nothing was logged to standard output. */
export const droppedLines = (): number => opened?.dropped() ?? 0;

/**
 * A signal that nothing else listens to ends the process as it does without this, after what was logged is written. Who listens ends
 * the process in order, which flushes too.
 */
export const flushOnSignals = (): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const end = (): void => {
      if (process.listenerCount(signal) > 1) return;
      process.removeListener(signal, end);
      void flushOutput().then(() => process.kill(process.pid, signal));
    };
    process.on(signal, end);
  }
};
