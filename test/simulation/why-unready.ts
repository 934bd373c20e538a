import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { InMemoryWorld, RemoteWorld } from '@dialtone/testing';
import type { Declared } from './truth';

type DeclaredDid = Declared & { readonly didId: number; readonly connectionId: ConnectionId };

/** Null: the stored verdict of the DID is READY, and VoiceLink serves it. */
export const whyUnready = (
  key: DidKey,
  { didId, clientId, connectionId }: DeclaredDid,
  { world, remote }: { readonly world: InMemoryWorld; readonly remote: RemoteWorld },
): string | null => {
  const { state, stale } = world.verdictRow(connectionId, key);
  const row = world.bindingRow(connectionId, key);
  if (state !== 'READY' || stale) return `${key} is ${state} (${String(row?.message)})`;
  if (row?.outcome !== 'settled') return `${key} is ${String(row?.outcome)}`;
  return serves(remote, didId, clientId) ? null : `${key} is READY although VoiceLink does not serve it`;
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
