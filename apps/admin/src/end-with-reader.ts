import type { EventEmitter } from 'node:events';

/** Ends the process without an error when the reader of its output is gone: `events … | head -1` has seen enough. */
export const endWithReader = (output: EventEmitter, exit: () => void): void => {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit();
  });
};
