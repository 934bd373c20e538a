import { fstatSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** What waits while nothing reads: minutes of a busy process. What comes on top of it is dropped, and counted. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A pipe that took nothing for so long has a reader that has stopped: an end does not wait for it. */
const STUCK_AFTER_MS = 1_000;
const LOOK_AGAIN_MS = 20;
const STDOUT = 1;

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

/** Lines for a reader that may be slow, or may have stopped. */
class LineOutput implements DestinationStream {
  private waiting: Buffer[] = [];
  private bytes = 0;
  private isScheduled = false;
  private untold = 0;
  private readonly listeners: ((dropped: number) => void)[] = [];
  /** Lines that were dropped because too much waited. */
  dropped = 0;

  write(line: string): void {
    const chunk = Buffer.from(line);
    if (this.bytes + chunk.length > MOST_BYTES) {
      this.dropped += 1;
      this.untold += 1;
      return;
    }
    const taken = this.bytes === 0 ? offer(chunk) : 0;
    if (taken === chunk.length) return;
    this.waiting.push(chunk.subarray(taken));
    this.bytes += chunk.length - taken;
    this.schedule();
  }

  /** Writes what waits, before it returns; gives up what a reader that has stopped does not take. */
  flushSync(): void {
    let tookAt = performance.now();
    while (this.bytes > 0 && performance.now() - tookAt < STUCK_AFTER_MS) {
      if (this.writeSome()) tookAt = performance.now();
      else pause(LOOK_AGAIN_MS);
    }
  }

  /** Calls it with how many lines were dropped, once nothing waits any more. */
  onRoom(tell: (dropped: number) => void): void {
    this.listeners.push(tell);
  }

  /** True when something was taken. */
  private writeSome(): boolean {
    const chunk = Buffer.concat(this.waiting);
    const taken = offer(chunk);
    this.waiting = taken < chunk.length ? [chunk.subarray(taken)] : [];
    this.bytes = chunk.length - taken;
    return taken > 0;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setTimeout(() => {
      this.drain();
    }, LOOK_AGAIN_MS).unref();
  }

  private drain(): void {
    this.isScheduled = false;
    while (this.bytes > 0 && this.writeSome());
    if (this.bytes > 0) this.schedule();
    else if (this.untold > 0) {
      const { untold } = this;
      this.untold = 0;
      for (const tell of this.listeners) tell(untold);
    }
  }
}

let opened: LineOutput | null = null;

/**
 * Standard output of this process, one for all loggers. A line is written at once when there is room for it, and waits otherwise: no
 * reader can hold the process up, and lines stay in order. (Writing in other threads would do neither at an exit, which waits for
 * the write that is under way, and overtakes it.) What waits is written when the process exits.
 */
export const standardOutput = (): LineOutput => {
  if (opened !== null) return opened;
  neverWait();
  const output = new LineOutput();
  process.once('exit', () => {
    output.flushSync();
  });
  opened = output;
  return output;
};

/** How many lines were dropped; 0 while nothing was logged to standard output. */
export const droppedLines = (): number => opened?.dropped ?? 0;

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
