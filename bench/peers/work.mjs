/** Sets what this process does when it is given its work, and says that it is ready (`url`: where it listens, if it does). */
export function offerWork(work, url = '-') {
  globalThis[Symbol.for('bench.work')] = work;
  process.stdout.write(`at ${url}\n`);
  // It lives as long as its parent, with which it shares a channel.
  process.channel.ref();
}
