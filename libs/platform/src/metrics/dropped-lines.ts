import { Counter, type Registry } from 'prom-client';
import { droppedLines } from '../logging/standard-output';

/** Counts what was lost of the log of this process. */
export const registerDroppedLines = (registry: Registry): void => {
  new Counter({
    name: 'dialtone_log_lines_dropped_total',
    help: 'Lines of the log that were dropped because standard output was not read',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(droppedLines());
    },
  });
};
