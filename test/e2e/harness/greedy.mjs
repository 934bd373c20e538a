import { createInterface } from 'node:readline';
import { Agent, request } from 'node:http';
import { setPriority } from 'node:os';

/**
 * `node greedy.mjs <url> <connection id>`: for each line of its input, an API key and a number, asks at once for so much with the key,
 * by the requests that cost most, and says what came of it. A process of its own that gives way to others: what it costs to ask
 * must not count as what it costs to answer.
 */
const [url, connection] = process.argv.slice(2);
setPriority(19);
const agent = new Agent({ keepAlive: true, maxSockets: 60 });
const get = (path) => ({ method: 'GET', path });
const prompt = 'ü'.repeat(100_000);
const numbers = (nth) => Array.from({ length: 1_000 }, (_, at) => `+9180${String(10_000_000 + nth * 1_000 + at)}`);
const KINDS = [
  () => get('/api/v2/telephony/connections'),
  (nth) => get(`/api/v2/phone-numbers?limit=100&offset=${40_000 + nth * 100}`),
  () => get('/api/v2/voicelink/readiness?limit=100'),
  () => get('/api/v2/voicelink/bindings?limit=100'),
  (nth, key) => ({ method: 'POST', path: '/api/v2/agent', body: { agent_name: `${key.slice(8, 24)} ${nth}`, prompt } }),
  (nth) => ({
    method: 'POST',
    path: '/api/v2/phone-numbers/sync',
    body: { provider: 'VOBIZ', connection_id: connection, numbers: numbers(nth) },
  }),
];

const ask = (key, { method, path, body }) =>
  new Promise((resolve) => {
    const text = body && JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${key}`,
      ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    const sent = request(`${url}${path}`, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', () => resolve(0));
    sent.end(text);
  });

for await (const line of createInterface({ input: process.stdin })) {
  const [key, count] = line.split(' ');
  const requests = Array.from({ length: Number(count) }, (_, nth) => KINDS[nth % KINDS.length](nth, key));
  const statuses = await Promise.all(requests.map((one) => ask(key, one)));
  process.stdout.write(`${JSON.stringify(statuses)}\n`);
}
