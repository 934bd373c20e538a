import { listAgents, listBindings, listConnectionStates } from '@dialtone/client';
import { Gateway } from '../gateway/gateway';
import { shown } from '../output/texts';
import { profilesPath, readProfiles } from '../settings/profiles';
import { targetOf, type TargetFlags } from '../settings/target';
import type { Surroundings } from '../surroundings';
import type { Asked } from './suggest';

const LIMIT_MS = 300;
const MOST = 100;

const fromGateway: Readonly<Record<Exclude<Asked, 'profiles'>, (gateway: Gateway) => Promise<readonly string[]>>> = {
  numbers: async (gateway) => {
    const page = await gateway.ask((base) => listBindings({ ...base, query: { limit: MOST } }));
    return page.bindings.map(({ key }) => `+${key}`);
  },
  agents: async (gateway) => {
    const page = await gateway.ask((base) => listAgents({ ...base, query: { limit: MOST } }));
    return page.agents.map(({ agent_name }) => agent_name);
  },
  connections: async (gateway) => {
    const page = await gateway.ask((base) => listConnectionStates({ ...base, query: { limit: MOST } }));
    return page.connections.map(({ name }) => name);
  },
};

const found = async (around: Surroundings, what: Asked, flags: TargetFlags): Promise<readonly string[]> => {
  if (what === 'profiles') return Object.keys((await readProfiles(profilesPath(around.env))).profiles);
  const signal = AbortSignal.any([around.signal, AbortSignal.timeout(LIMIT_MS)]);
  const patience = { ms: 0, attemptMs: LIMIT_MS, signal, say: () => undefined };
  return fromGateway[what](new Gateway(await targetOf(around.env, flags), patience));
};

/** What there is; nothing without an answer within 300 ms: a shell must not wait, and has no place for an error. */
export const askFor = async (around: Surroundings, what: Asked, flags: TargetFlags): Promise<readonly string[]> => {
  try {
    return (await found(around, what, flags)).map(shown);
  } catch {
    return [];
  }
};
