import { join } from 'node:path';
import { localDirectory, projectNode } from '../paths.mjs';
import { choosePort } from '../ports.mjs';
import { startService, waitUntilReady } from '../service-process.mjs';
import { answers, FLAGS, logOf, main } from './programs.mjs';

const VOICELINK = { seed: '1', dids: '40', username: 'demo-reseller', password: 'demo-password' };

const flags = (values) => Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);

/** A stand-in for VoiceLink; its account is kept over restarts. */
export async function startVoiceLink({ say, port, keep }) {
  const { username, password } = VOICELINK;
  const url = await startSimulator({
    app: 'voicelink-simulator',
    name: 'the VoiceLink simulator',
    port,
    usual: 4010,
    args: flags({ ...VOICELINK, state: join(localDirectory, 'simulator.json') }),
    say,
    keep,
  });
  return { url, username, password };
}

/** A stand-in for the seven other carriers. Their accounts are always the same, so that stored connections fit the next start. */
export async function startCarriers({ say, port, keep }) {
  const url = await startSimulator({
    app: 'carrier-simulator',
    name: 'the carrier simulator',
    port,
    usual: 4020,
    args: [],
    say,
    keep,
  });
  return { url, env: carrierEnvironment(url) };
}

/** Where each carrier's API begins on the simulator. */
const carrierEnvironment = (url) => ({
  CARRIER_BASE_URLS: Object.entries({
    twilio: url,
    plivo: url,
    vobiz: `${url}/api/v1`,
    exotel: url,
    tata_smartflo: url,
    mcube: `${url}/Restmcube-api`,
  })
    .map((pair) => pair.join('='))
    .join(','),
  CARRIER_PRIVATE_NETWORKS: '127.0.0.0/8',
  SIP_GATEWAY_URL: `${url}/jambonz`,
  SIP_GATEWAY_ACCOUNT: '5d7a1c52-0000-4000-8000-000000005101',
  SIP_GATEWAY_KEY: 'demo-gateway-key',
});

async function startSimulator({ app, name, port, usual, args, say, keep }) {
  const chosen = await choosePort({ name, wanted: port ?? usual, explicit: port !== undefined, say });
  const url = `http://127.0.0.1:${chosen}`;
  const logFile = logOf(app);
  const service = keep('app', {
    ...startService({
      name: name.replace(/^t/, 'T'),
      command: projectNode(),
      args: [...FLAGS, main(app), '--port', String(chosen), ...args],
      logFile,
    }),
    logFile,
  });
  await waitUntilReady(service, () => answers(`${url}/__admin/state`), { timeoutMs: 30_000, logFile });
  say(`${name.replace(/^the (.)/, (_, first) => first.toUpperCase())} is up: ${url}`);
  return url;
}
