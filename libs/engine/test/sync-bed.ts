import type { DidKey } from '@dialtone/domain';
import { EngineBed } from '@dialtone/testing';
import type { KeyReport, LocalNumberRow, StoredKey, SweepableConnection, SyncOutcome, SyncView } from '../src';

export const viewOf = (outcome: SyncOutcome): SyncView => {
  if (outcome.kind !== 'synced') throw new Error(`it was ${outcome.kind}`);
  return outcome.view;
};

export const sync = async (bed: EngineBed, importDids = true): Promise<SyncView> =>
  viewOf(await bed.drive(bed.provisioner().sync(bed.connectionId, importDids)));

export const stateOf = ({ readiness }: KeyReport): readonly string[] => [readiness.key, readiness.state];

interface Stored {
  readonly keys: ReadonlyMap<DidKey, StoredKey>;
  readonly rows: readonly LocalNumberRow[];
  readonly events: number;
  readonly connection: SweepableConnection | null;
}

/** Everything that is stored, to tell whether anything was. */
export const storedIn = async (bed: EngineBed): Promise<Stored> => ({
  keys: await bed.world.keyStates.load(bed.connectionId),
  rows: await bed.world.phoneNumbers.rows(bed.connectionId),
  events: bed.world.events.length,
  connection: await bed.world.voiceLinkConnections.find(bed.connectionId),
});

type Did = ReturnType<EngineBed['did']>;
type Kind = 'ready' | 'noBot' | 'unrouted' | 'misrouted' | 'unmapped' | 'expired' | 'gone';

/** One DID of each kind; the first is READY, the last is known here and not listed. */
export const bedOfAllKinds = async (): Promise<{ readonly bed: EngineBed } & Readonly<Record<Kind, Did>>> => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const bot = bed.remote.addBot(client.id);
  const botless = bed.remote.addClient();
  const routed = { forOutboundCall: 3, outboundBotId: bot.id };
  const ready = bed.did('918000000001', { clientId: client.id });
  bed.remote.addRouting(ready.didId, routed);
  const noBot = bed.did('918000000002', { clientId: botless.id });
  const unrouted = bed.did('918000000003', { clientId: client.id });
  const misrouted = bed.did('918000000004', { clientId: client.id });
  bed.remote.addRouting(misrouted.didId, { forOutboundCall: 4 });
  const unmapped = bed.did('918000000005');
  const expired = bed.did('918000000006', { expired: true, clientId: client.id });
  bed.remote.addRouting(expired.didId, routed);
  const gone = bed.did('918000000007');
  const imported = [ready, noBot, unrouted, misrouted, unmapped, expired, gone];
  const { connectionId, partnerId, agentId } = bed;
  for (const { key } of imported) {
    await bed.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
    await bed.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
  }
  bed.remote.deleteDid(gone.didId);
  return { bed, ready, noBot, unrouted, misrouted, unmapped, expired, gone };
};
