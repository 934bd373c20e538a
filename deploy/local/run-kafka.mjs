import { parseArgs } from 'node:util';
import { failWith } from './errors.mjs';
import { startKafka } from './kafka.mjs';
import { freePort } from './ports.mjs';

/**
 * One Kafka node as a foreground process: `run-kafka.mjs --data DIR [--port N]`. Prints `{"brokers","port","pid"}` as
 * one line when it is ready, progress on standard error; stops when its standard input ends or on SIGTERM, and ends
 * when the broker does.
 */
async function main() {
  const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' } } });
  const broker = await startKafka({
    dataDirectory: values.data,
    port: values.port === undefined ? await freePort() : Number(values.port),
    explicitPort: values.port !== undefined,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const stop = () => void broker.stop().then(() => process.exit(0));
  process.stdin.on('end', stop).resume();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ brokers: broker.brokers, port: broker.port, pid: broker.pid ?? null })}\n`);
  await broker.exited;
  process.exit(0);
}

main().catch(failWith);
