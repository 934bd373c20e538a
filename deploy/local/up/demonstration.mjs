import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Explained } from '../errors.mjs';
import { callJson } from './call-json.mjs';

const PATIENCE_MS = 45_000;

/**
 * The main job on real input: a DID that nothing is set up for is declared, its drift is read back from Kafka, the steps
 * run, it becomes READY; then a human breaks its routing, which is detected and repaired. A second DID is left for the reader to try.
 * Fails with the reason when any part of it does not happen.
 */
export async function demonstrate({ facts, kafkaProblem, tailDrift, say }) {
  const gateway = gatewayClient(facts);
  const simulator = simulatorClient(facts);
  const { key, clientId } = await prepareDid(simulator);
  const [agent] = facts.demo.agents;
  const drift = facts.kafka.brokers ? tailDrift(key) : null;
  try {
    say(
      `DID +${key}: bought, but unmapped, without bot and without routing. Declaring that it belongs to agent "${agent.name}" …`,
    );
    const journalled = await simulator.journalLength();
    await gateway.declare(key, { connection_id: facts.demo.connection_id, agent_id: agent.id, client_id: clientId });
    const detected = await seeEvent(drift, 'dialtone.drift.detected.v1', () => true);
    if (detected) say(`Kafka  voicelink.drift.v1  ${detected.type}  ${detected.data.issues.join(' + ')}`);
    await untilReady(gateway, key);
    await showSteps(simulator, journalled, say);
    say(`DID +${key} is READY.`);
    await seeResolution(drift, detected, say);
    await breakAndRepair({ gateway, simulator, drift, key, say });
  } finally {
    drift?.close();
  }
  if (drift === null)
    throw new Explained(`Not shown: the drift events in Kafka, because there is no broker. ${kafkaProblem ?? ''}`);
  return { key, next: await prepareDid(simulator) };
}

async function breakAndRepair({ gateway, simulator, drift, key, say }) {
  const before = drift?.count() ?? 0;
  const journalled = await simulator.journalLength();
  say('A human breaks its routing in the VoiceLink panel …');
  await simulator.breakRouting(key);
  const detected = await seeEvent(drift, 'dialtone.drift.detected.v1', (event, index) => index >= before);
  if (detected) say(`Kafka  voicelink.drift.v1  ${detected.type}  ${detected.data.issues.join(' + ')}`);
  await until('the broken routing to be repaired', async () => (await simulator.journalLength()) > journalled);
  await untilReady(gateway, key);
  await showSteps(simulator, journalled, say);
  say(`DID +${key} is READY again: detected and repaired.`);
  await seeResolution(drift, detected, say);
}

async function seeResolution(drift, detected, say) {
  if (!detected) return;
  const resolved = await seeEvent(
    drift,
    'dialtone.drift.resolved.v1',
    (event) => event.data.drift_id === detected.data.drift_id,
  );
  say(`Kafka  voicelink.drift.v1  ${resolved.type}`);
}

/** Null without a broker. */
function seeEvent(drift, type, accepts) {
  if (drift === null) return null;
  return until(`the event ${type} in Kafka`, () => {
    const problem = drift.problem();
    if (problem !== null) throw new Explained(`The drift topic could not be read:\n${problem}`);
    return drift.find((event, index) => event.type === type && accepts(event, index));
  });
}

function untilReady(gateway, key) {
  let last = 'nothing yet';
  return until(
    `DID +${key} to become READY`,
    async () => {
      const { readiness, status } = await gateway.binding(key);
      last = `${readiness.state} (${status.outcome}${status.message ? `: ${status.message}` : ''})`;
      return readiness.state === 'READY' && !readiness.stale && status.outcome === 'settled';
    },
    () => `; last seen: ${last}`,
  );
}

async function until(what, probe, addition = () => '') {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Explained(`Waited ${PATIENCE_MS / 1000} s in vain for ${what}${addition()}.`);
    await sleep(100);
  }
}

async function showSteps(simulator, from, say) {
  for (const { method, path, http_status } of await simulator.journal(from))
    say(`  step: ${method} ${path} → ${http_status}`);
}

/** A DID of its own for every demonstration, and a client that has no bot yet. */
async function prepareDid(simulator) {
  const client = await simulator.add('clients', { first_name: 'Demo', last_name: 'Client' });
  const did_number = `9180${randomInt(10_000_000, 99_999_999)}`;
  await simulator.add('dids', { did_number });
  return { key: did_number, clientId: client.id };
}

function gatewayClient({ gateway }) {
  const url = (key) => `${gateway.url}/api/v2/voicelink/bindings/${key}`;
  const headers = { authorization: `Bearer ${gateway.api_key}` };
  const binding = async (key, options) => (await callJson(url(key), { ...options, headers })).data;
  return {
    declare: (key, body) => binding(key, { method: 'PUT', body }),
    binding: (key) => binding(key, {}),
  };
}

function simulatorClient({ simulator }) {
  const call = (path, options) => callJson(`${simulator.admin_url}${path}`, options);
  const journal = async (from = 0) => (await call('/journal')).entries.slice(from);
  return {
    add: (kind, body) => call(`/${kind}`, { method: 'POST', body }),
    breakRouting: (key) => call(`/dids/${key}/break-routing`, { method: 'POST', body: {} }),
    journal,
    journalLength: async () => (await journal()).length,
  };
}
