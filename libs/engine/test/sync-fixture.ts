import type { DidKey } from '@dialtone/domain';
import { EngineFixture } from '@dialtone/testing';
import type { KeyReport, LocalNumberRow, StoredKey, SweepableConnection, SyncOutcome, SyncView } from '../src';

export const viewOf = (outcome: SyncOutcome): SyncView => {
  if (outcome.kind !== 'synced') throw new Error(`it was ${outcome.kind}`);
  return outcome.view;
};

export const sync = async (
  fixture: EngineFixture,
  importDids = true,
  provisioner = fixture.provisioner(),
): Promise<SyncView> => viewOf(await fixture.drive(provisioner.sync(fixture.connectionId, importDids)));

export const stateOf = ({ readiness }: KeyReport): readonly string[] => [readiness.key, readiness.state];

interface Stored {
  readonly keys: ReadonlyMap<DidKey, StoredKey>;
  readonly rows: readonly LocalNumberRow[];
  readonly events: number;
  readonly connection: SweepableConnection | null;
}

/** Everything that is stored, to tell whether anything was. */
export const storedIn = async (fixture: EngineFixture): Promise<Stored> => ({
  keys: await fixture.world.keyStates.load(fixture.connectionId),
  rows: await fixture.world.phoneNumbers.rows(fixture.connectionId),
  events: fixture.world.events.length,
  connection: await fixture.world.voiceLinkConnections.find(fixture.connectionId),
});

type Did = ReturnType<EngineFixture['did']>;
type Kind = 'ready' | 'noBot' | 'unrouted' | 'misrouted' | 'unmapped' | 'expired' | 'gone';

/** One DID of each kind; the first is READY, the last is known here and not listed. */
export const fixtureOfAllKinds = async (): Promise<
  { readonly fixture: EngineFixture } & Readonly<Record<Kind, Did>>
> => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const bot = fixture.remote.addBot(client.id);
  const botless = fixture.remote.addClient();
  const routed = { forOutboundCall: 3, outboundBotId: bot.id };
  const ready = fixture.did('918000000001', { clientId: client.id });
  fixture.remote.addRouting(ready.didId, routed);
  const noBot = fixture.did('918000000002', { clientId: botless.id });
  const unrouted = fixture.did('918000000003', { clientId: client.id });
  const misrouted = fixture.did('918000000004', { clientId: client.id });
  fixture.remote.addRouting(misrouted.didId, { forOutboundCall: 4 });
  const unmapped = fixture.did('918000000005');
  const expired = fixture.did('918000000006', { expired: true, clientId: client.id });
  fixture.remote.addRouting(expired.didId, routed);
  const gone = fixture.did('918000000007');
  const imported = [ready, noBot, unrouted, misrouted, unmapped, expired, gone];
  const { connectionId, partnerId, agentId } = fixture;
  for (const { key } of imported) {
    await fixture.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
    await fixture.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
  }
  fixture.remote.deleteDid(gone.didId);
  return { fixture, ready, noBot, unrouted, misrouted, unmapped, expired, gone };
};
