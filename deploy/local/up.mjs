import { parseArgs } from 'node:util';
import { Explained, failWith } from './errors.mjs';
import { demonstrateCall } from './up/call-demonstration.mjs';
import { demonstrate } from './up/demonstration.mjs';
import { forgetStack, rememberStack, takeLock } from './up/registry.mjs';
import { startStack } from './up/stack.mjs';

const USAGE = `npm run up -- [--once] [--gateway-port N] [--simulator-port N] [--carrier-simulator-port N] [--postgres-port N] [--kafka-port N]

Starts PostgreSQL, Kafka, simulators of VoiceLink and of the other carriers, the gateway and the reconciler, drives a DID to READY, and
makes one call.
  --once   stop after the demonstration; the exit code says whether all of it happened
DATABASE_URL or KAFKA_BROKERS in the environment: those servers are used instead of own ones; MIGRATION_DATABASE_URL beside the
former: the schema is brought up to date with it.`;

const started = Date.now();
const say = (line) => process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${line}\n`);

function readOptions() {
  const port = { type: 'string' };
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        'gateway-port': port,
        'simulator-port': port,
        'carrier-simulator-port': port,
        'postgres-port': port,
        'kafka-port': port,
      },
    });
    const ports = Object.fromEntries(
      ['gateway', 'simulator', 'carrier-simulator', 'postgres', 'kafka'].map((name) => [
        name,
        portOf(name, values[`${name}-port`]),
      ]),
    );
    return { once: values.once, help: values.help, ports };
  } catch (error) {
    throw error instanceof Explained ? error : new Explained(`${error.message}\n\n${USAGE}`);
  }
}

/** Undefined when it was not asked for. */
function portOf(name, text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Explained(
    `--${name}-port must be a whole number from 1 to 65535, e.g. --${name}-port 8081; it is "${text}".`,
  );
}

/** Resolves to the name of the first SIGINT or SIGTERM; a second one ends the process at once. */
function interruption() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => resolve(signal));
    }
  });
}

function tryNext({ gateway, demo, simulator, carrier_simulator }, { key, next }) {
  const auth = `-H 'Authorization: Bearer ${gateway.api_key}'`;
  const bindings = `${gateway.url}/api/v2/voicelink/bindings`;
  const declaration = JSON.stringify({ agent_id: demo.agents[0].id, client_id: next.clientId });
  return [
    '',
    `  gateway      ${gateway.url}   (browsable API: ${gateway.docs_url})`,
    `  API key      ${gateway.api_key}`,
    `  simulator    ${simulator.url}   (admin: ${simulator.admin_url})`,
    `  carriers     ${carrier_simulator.url}   (admin: ${carrier_simulator.admin_url})`,
    `  connection   ${demo.connection_id}`,
    `  agents       ${demo.agents.map(({ id, name }) => `${name} ${id}`).join(', ')}`,
    '',
    'Try next:',
    `  curl -s ${auth} ${bindings}/${key}`,
    `  curl -s -X PUT ${auth} -H 'Content-Type: application/json' ${bindings}/+${next.key} -d '${declaration}'   # another number`,
    `  curl -s ${auth} ${bindings}/${next.key}   # a second later: READY`,
    `  curl -s ${auth} '${gateway.url}/api/v2/voicelink/readiness?state=READY'`,
    `  curl -s -X POST ${simulator.admin_url}/dids/${key}/break-routing   # and watch it being repaired`,
    '',
  ].join('\n');
}

async function main() {
  const options = readOptions();
  if (options.help) return void process.stdout.write(`${USAGE}\n`);
  const release = takeLock();
  const interrupted = interruption();
  const stack = startStack({ say, ports: options.ports });
  try {
    const outcome = await Promise.race([runStack(stack, options, interrupted), interrupted.then(() => 0)]);
    process.exitCode = outcome;
  } finally {
    say('Stopping everything …');
    await stack.stop();
    forgetStack();
    release();
    say('Stopped; the data is kept in .dialtone/.');
  }
}

async function runStack(stack, options, interrupted) {
  const running = await stack.ready;
  rememberStack(running.facts);
  const shown = await demonstrate({ ...running, say });
  await demonstrateCall({ ...running, say });
  process.stdout.write(tryNext(running.facts, shown));
  if (options.once) return 0;
  say('Running. Ctrl-C stops everything.');
  const ended = await Promise.race([running.someoneEnded, interrupted.then(() => null)]);
  if (ended !== null) throw new Explained(ended);
  return 0;
}

main().then(() => process.exit(), failWith);
