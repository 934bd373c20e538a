import type { Duplex } from 'node:stream';

/** Node reads 64 KiB of a socket at once, of a TLS connection one record. */
const LONG_PIECE = 16 * 1024;

/**
 * Lets everything else of the process have its turn after each long piece of a result. The event loop reads a socket again and again
 * while more is there, up to 2 MiB in one go: parsing that keeps every other request waiting for 10 ms and more.
 */
export const readInTurns = (stream: Duplex): void => {
  stream.on('data', (piece: Buffer) => {
    if (piece.length < LONG_PIECE) return;
    stream.pause();
    setImmediate(() => {
      stream.resume();
    });
  });
};
