import { createHash } from 'node:crypto';
import { pagesOf, voicelinkClient } from './voicelink.mjs';
import { offerWork } from './work.mjs';

/**
 * The floor of every sweep: the CPU that it takes to parse, and to digest, the very bytes that VoiceLink answers, and nothing else. Each
 * repetition reads all pages; none is kept.
 */
offerWork(async ({ account, times }) => {
  const get = await voicelinkClient(account);
  const pages = [];
  for await (const [, bytes] of pagesOf(get)) pages.push({ bytes, text: bytes.toString() });
  const parse = [];
  const digest = [];
  for (let nth = 0; nth < times; nth += 1) {
    parse.push(cpuOf(() => pages.forEach(({ text }) => JSON.parse(text))));
    digest.push(cpuOf(() => pages.forEach(({ bytes }) => createHash('sha256').update(bytes).digest())));
  }
  return { pages: pages.length, bytes: pages.reduce((sum, { bytes }) => sum + bytes.length, 0), parse, digest };
});

/** User and system time of this process, garbage collection included, ms. */
function cpuOf(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
