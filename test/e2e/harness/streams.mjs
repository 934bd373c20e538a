import { get } from 'node:http';
import { createInterface } from 'node:readline';

/** Opens so many streams of events per line of its input and says so when all have begun; 0 closes them. */
const [, , url, apiKey] = process.argv;
const streams = new Set();

const begun = () =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const request = get(`${url}/api/v2/voicelink/events/stream?cursor=latest`, { headers, agent: false });
    streams.add(request);
    request.on('error', reject).on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`));
      response
        .on('error', () => undefined)
        .on('end', () => {
          process.stderr.write('A stream has ended.\n');
        })
        .once('data', resolve)
        .resume();
    });
  });

const close = () => {
  for (const request of streams) request.on('error', () => undefined).destroy();
  streams.clear();
};

const AT_ONCE = 20;
const open = async (count) => {
  for (let left = count; left > 0; left -= AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, begun));
  }
};

for await (const line of createInterface(process.stdin)) {
  if (line === '0') close();
  else await open(Number(line));
  process.stdout.write(`${streams.size}\n`);
}
close();
