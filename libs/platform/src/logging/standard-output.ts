import { fstatSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** What waits while nothing reads: minutes of a busy process. What comes on top of it is dropped, and counted. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A pipe that took nothing for so long has a reader that has stopped: an end does not wait for it. */
const STUCK_AFTER_MS = 1_000;
const LOOK_AGAIN_MS = 20;
const STDOUT = 1;

export interface LineOutput extends DestinationStream {
  /** Writes what waits, before it returns; gives up what a reader that has stopped does not take. */
  flushSync(): void;
  /** How many lines were dropped because too much waited. */
  dropped(): number;
  /** Called with how many lines were dropped, once nothing waits any more. */
  onRoom(tell: (dropped: number) => void): void;
}

/** Bytes that were taken. A log that cannot be written is no reason to end: what has no reader any more is gone. */
const offer = (chunk: Buffer): number => {
  try {
    return writeSync(STDOUT, chunk);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : chunk.length;
  }
};

/** Pipes and sockets say that they are full instead of waiting, once Node has opened them as its stream. */
const neverWait = (): void => {
  const place = fstatSync(STDOUT);
  if (place.isFIFO() || place.isSocket()) process.stdout.on('error', () => undefined);
};

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const open = (): LineOutput => {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let isScheduled = false;
  const dropped = { all: 0, untold: 0 };
  const listeners: ((dropped: number) => void)[] = [];

  /** True when something was taken. */
  const writeSome = (): boolean => {
    const chunk = Buffer.concat(waiting);
    const taken = offer(chunk);
    waiting = taken < chunk.length ? [chunk.subarray(taken)] : [];
    bytes = chunk.length - taken;
    return taken > 0;
  };

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(drain, LOOK_AGAIN_MS).unref();
  };

  const drain = (): void => {
    isScheduled = false;
    while (bytes > 0 && writeSome());
    if (bytes > 0) schedule();
    else if (dropped.untold > 0) {
      const { untold } = dropped;
      dropped.untold = 0;
      for (const tell of listeners) tell(untold);
    }
  };

  return {
    write: (line) => {
      const chunk = Buffer.from(line);
      if (bytes + chunk.length > MOST_BYTES) {
        dropped.all += 1;
        dropped.untold += 1;
        return;
      }
      const taken = bytes === 0 ? offer(chunk) : 0;
      if (taken === chunk.length) return;
      waiting.push(chunk.subarray(taken));
      bytes += chunk.length - taken;
      schedule();
    },
    flushSync: () => {
      let tookAt = performance.now();
      while (bytes > 0 && performance.now() - tookAt < STUCK_AFTER_MS) {
        if (writeSome()) tookAt = performance.now();
        else pause(LOOK_AGAIN_MS);
      }
    },
    dropped: () => dropped.all,
    onRoom: (tell) => {
      listeners.push(tell);
    },
  };
};

let opened: LineOutput | null = null;

/**
 * Standard output of this process, one for all loggers. A line is written at once when there is room for it, and waits otherwise: no
 * reader can hold the process up, and lines stay in order. (Writing in other threads would do neither at an exit, which waits for
 * the write that is under way, and overtakes it.) What waits is written when the process exits.
 */
export const standardOutput = (): LineOutput => {
  if (opened !== null) return opened;
  neverWait();
  const output = open();
  process.once('exit', () => {
    output.flushSync();
  });
  opened = output;
  return output;
};

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
      opened?.flushSync();
      process.removeListener(signal, end);
      process.kill(process.pid, signal);
    };
    process.on(signal, end);
  }
};
