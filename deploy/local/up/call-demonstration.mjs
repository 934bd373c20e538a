import { setTimeout as sleep } from 'node:timers/promises';
import { Explained } from '../errors.mjs';
import { callJson } from './call-json.mjs';

const PATIENCE_MS = 45_000;
const CUSTOMER = '+919876543210';

/** One call through the simulated Plivo, from start to completed, as Plivo tells it to the gateway. Fails when any of it does not happen. */
export async function demonstrateCall({ facts, say }) {
  const { gateway, demo, carrier_simulator: simulator } = facts;
  const plivo = (path) => callJson(`${simulator.admin_url}${path}`);
  const { entries: before } = await plivo('/callbacks');
  say(`Calling ${CUSTOMER} through the simulated Plivo, for agent "${demo.agents[0].name}" …`);
  const { data } = await callJson(`${gateway.url}/api/v2/calls/start`, {
    method: 'POST',
    body: {
      agent_id: demo.agents[0].id,
      to_number: CUSTOMER,
      provider: 'plivo',
      connection_id: demo.carriers.plivo,
    },
    headers: { authorization: `Bearer ${gateway.api_key}` },
  });
  say(`Call ${data.call_id} is ${data.status}, from ${data.from_number}.`);
  const after = before.at(-1)?.seq ?? 0;
  const told = await completed(() => plivo(`/callbacks?after=${after}`));
  for (const { phase, purpose, http_status } of told)
    say(`  Plivo ${purpose === 'answer' ? 'asks what to do' : 'tells'}: ${phase} → ${http_status}`);
  const { handover } = await plivo(`/calls/${told[0].call_id}`);
  say(`The call was handed to ${handover?.mediaUrl ?? 'nobody'}, and is completed.`);
  if (told.some(({ http_status }) => http_status !== 200) || !handover?.mediaUrl)
    throw new Explained('The gateway did not take what Plivo told of the call.');
}

async function completed(callbacks) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const told = (await callbacks()).entries.filter(({ provider }) => provider === 'plivo');
    const last = told.at(-1);
    if (last !== undefined && ['completed', 'failed'].includes(last.phase) && last.outcome === 'sent') return told;
    if (Date.now() > deadline) throw new Explained(`Waited ${PATIENCE_MS / 1000} s in vain for the end of the call.`);
    await sleep(100);
  }
}
