import type { Socket } from 'node:net';

/** How much is read, and thrown away, of what a client still sends after its answer: fifteen times the longest body. */
const MAX_BYTES = 16 * 1024 * 1024;
/** No longer than a request may take to arrive. */
const MAX_MS = 30_000;
/** A client that is done with its answer closes; one that says nothing has left, or never sends what it announced. */
const SILENCE_MS = 5_000;

/**
 * Closes a connection in two halves after its last answer, as other servers do under the name "lingering close": the answer
 * ends at once, and what the client still sends is read and dropped until it closes, sends too much or takes too long.
 * Closing both halves at once would reset the connection, and a client that reads only after sending would not get the answer.
 * Nothing that still comes is taken for a request. Of a connection this costs the socket and a timer.
 */
export const closeLingering = (socket: Socket): void => {
  let left = MAX_BYTES;
  const deadline = setTimeout(() => socket.destroy(), MAX_MS).unref();
  socket.once('close', () => {
    clearTimeout(deadline);
  });
  const drop = (): void => {
    // Takes the socket away from the HTTP parser.
    socket.removeAllListeners('data');
    socket.on('data', ({ length }: Buffer) => {
      left -= length;
      if (left < 0) socket.destroy();
    });
  };
  // Node stops reading when a body is not consumed, and only the parser's own listener of this event starts it again.
  if (socket.isPaused()) socket.once('resume', drop);
  else drop();
  socket.once('end', () => socket.destroy());
  socket.setTimeout(SILENCE_MS, () => socket.destroy());
  socket.end();
  socket.resume();
};

/** Lets the last answer of a connection end it in two halves: Node resets the connection of a client that still sends. */
export const lingerAfterLastAnswer = (socket: Socket): void => {
  // The method through which Node closes a connection after its last answer.
  socket.destroySoon = (): void => {
    closeLingering(socket);
  };
};
