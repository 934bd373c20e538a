import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { InMemoryWorld, RemoteWorld } from '@dialtone/testing';
import { Violation } from './invariants';
import type { Declared } from './truth';

type DeclaredDid = Declared & { readonly didId: number; readonly connectionId: ConnectionId };

/** Throws a Violation unless the stored verdict of the DID is READY, and VoiceLink serves it. */
export const mustBeReady = async (
  key: DidKey,
  { didId, clientId, connectionId }: DeclaredDid,
  { world, remote }: { readonly world: InMemoryWorld; readonly remote: RemoteWorld },
): Promise<void> => {
  const stored = await world.keyStates.loadOne(connectionId, key);
  const row = world.bindingRow(connectionId, key);
  if (stored?.state !== 'READY' || stored.stale) {
    throw new Violation(`${key} is ${String(stored?.state)} (${String(row?.message)})`);
  }
  if (row?.outcome !== 'settled') throw new Violation(`${key} is ${String(row?.outcome)}`);
  if (!serves(remote, didId, clientId)) throw new Violation(`${key} is READY although VoiceLink does not serve it`);
};

const serves = ({ dids, routings, bots }: RemoteWorld, didId: number, clientId: number | null): boolean => {
  const routing = routings.get(didId);
  const bot = bots.get(routing?.outboundBotId ?? 0);
  return (
    dids.get(didId)?.clientId === clientId &&
    routing?.active === true &&
    bot?.active === true &&
    bot.clientId === clientId
  );
};
