import type { Duplex } from 'node:stream';

/** Some rows. Node reads 64 KiB of a socket at once, of a TLS connection one record. */
const PIECE = 16 * 1024;

type Reader = (bytes: Buffer) => void;

/**
 * Gives a long result piece by piece to those that listen to the stream already, each when `nextTurn` resolves. The event loop reads a
 * socket again and again while more is there, up to 2 MiB in one go: parsing that keeps every other request waiting for 10 ms and more.
 */
export const readInTurns = (stream: Duplex, nextTurn: () => Promise<void>): void => {
  const readers = stream.listeners('data') as Reader[];
  const give = (bytes: Buffer): void => {
    for (const read of readers) read.call(stream, bytes);
  };
  const giveRest = async (bytes: Buffer): Promise<void> => {
    for (let at = PIECE; at < bytes.length; at += PIECE) {
      await nextTurn();
      // Its reader has been told that it is over.
      if (stream.destroyed) return;
      give(bytes.subarray(at, at + PIECE));
    }
    await nextTurn();
    stream.resume();
  };
  stream.removeAllListeners('data');
  stream.on('data', (bytes: Buffer) => {
    if (bytes.length >= PIECE) stream.pause();
    give(bytes.subarray(0, PIECE));
    if (bytes.length >= PIECE) void giveRest(bytes);
  });
};
