import { setTimeout } from 'node:timers/promises';

const READS = ['readiness?limit=20', 'drift', 'bindings', 'dids/purchased', 'bots', 'call-routing', 'clients'];
const REPAIRED = 8;
const FAILS = { endpoint: '*', kind: 'status', status: 502 };

/**
 * A little of everything on a stack of `npm run up`, so that every series has something to tell: reads, declarations, a sync,
 * routing that is broken and repaired, refusals, and a VoiceLink that fails for a while.
 * @param facts of .dialtone/up.json
 */
export async function makeTraffic({ gateway, simulator, demo }, { rounds, pauseMs }) {
  const send = async (method, url, body) => {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${gateway.api_key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json().catch(() => null);
  };
  const api = (method, path, body) => send(method, `${gateway.url}/api/v2/voicelink/${path}`, body);
  const numbers = (await api('GET', 'readiness?limit=50')).data.readiness.map(({ key }) => key);
  const clients = (await api('GET', 'clients')).data.data.map(({ id }) => id);
  for (let round = 0; round < rounds; round += 1) {
    const number = numbers[round % numbers.length];
    for (const path of [...READS, `bindings/${number}`, `bindings/${number}/plan`]) await api('GET', path);
    if (round < REPAIRED) {
      const declaration = { agent_id: demo.agents[round % 2].id, client_id: clients[round % clients.length] };
      await api('PUT', `bindings/${number}`, declaration);
    }
    if (round === 3) await api('POST', 'sync', {});
    if (round === 10) await send('POST', `${simulator.admin_url}/faults`, FAILS);
    if (round === 16) await send('DELETE', `${simulator.admin_url}/faults`);
    if (round % 5 === 4) await send('POST', `${simulator.admin_url}/dids/${numbers[round % REPAIRED]}/break-routing`);
    await api('PUT', `bindings/${number}`, { agent_id: 'no' });
    await setTimeout(pauseMs);
  }
}
