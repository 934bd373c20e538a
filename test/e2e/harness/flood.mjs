import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** `node flood.mjs <attack> <url> <ms>`: attacks a gateway as strangers would, from a process of its own, and says what it did. */
const [attack, url, ms] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const counts = { connections: 0, sent: 0, bytes: 0 };

const guess = () => `rg_live_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;
const asking = (path, key) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${key ? `Authorization: Bearer ${key}\r\n` : ''}\r\n`;
const GUESSES = 5_000;
const guesses = (count) => Array.from({ length: count }, () => asking('/api/v2/agent', guess())).join('');
const burst = guesses(GUESSES);

/** Keeps so many connections open, each of which does the same when it opens. */
function keep(count, onOpen, { reads = true } = {}) {
  const open = () => {
    const socket = connect(Number(port), hostname);
    counts.connections += 1;
    if (reads) socket.on('data', (chunk) => (counts.bytes += chunk.length));
    else socket.pause();
    socket.on('connect', () => onOpen(socket));
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(open, 5));
  };
  for (let nth = 0; nth < count; nth += 1) open();
}

const ATTACKS = {
  /** Guesses without waiting for an answer. */
  guesses: () =>
    keep(10, (socket) => {
      counts.sent += GUESSES;
      socket.write(burst);
    }),
  /** A guess on each of very many connections, over and over. */
  connections: () =>
    keep(1_500, (socket) => {
      counts.sent += 1;
      socket.write(asking('/api/v2/agent', guess()));
    }),
  /** Guesses whose answer nobody waits for. */
  hangups: () =>
    keep(50, (socket) => {
      counts.sent += 100;
      socket.write(guesses(100), () => socket.resetAndDestroy());
    }),
  /** The longest public answers, unread. */
  silent: () =>
    keep(
      500,
      (socket) => {
        counts.sent += 16;
        socket.write(asking('/openapi.json').repeat(16));
      },
      { reads: false },
    ),
};

ATTACKS[attack]();
setTimeout(() => {
  process.stdout.write(JSON.stringify(counts));
  process.exit();
}, Number(ms));
