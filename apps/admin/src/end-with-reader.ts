import type { EventEmitter } from 'node:events';

/** Ends the process in peace when nobody reads its output any more: `events … | head -1` has seen what it wanted. */
export const endWithReader = (output: EventEmitter, exit: () => void): void => {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit();
  });
};
