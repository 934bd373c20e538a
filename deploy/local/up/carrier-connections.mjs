import { callJson } from './call-json.mjs';

/**
 * Makes a connection of the demo partner to each simulated carrier, unless it has one by that name.
 * @returns {Promise<Record<string, string>>} the connections' ids by provider
 */
export async function connectCarriers({ gateway, apiKey, simulator }) {
  const headers = { authorization: `Bearer ${apiKey}` };
  const url = `${gateway}/api/v2/telephony/connections`;
  const { connections: wanted } = await callJson(`${simulator}/__admin/connections`);
  const ids = {};
  for (const body of wanted) {
    const { connections } = (await callJson(`${url}?provider=${body.provider}`, { headers })).data;
    const existing = connections.find(({ name }) => name === body.name);
    const connection = existing ?? (await callJson(url, { method: 'POST', body, headers })).data.connection;
    ids[body.provider] = connection.connection_id;
  }
  return ids;
}
