import { ROUTE_TO_BOT, type RemoteBot, type RemoteDid, type RemoteRouting, type RoutingFields } from '@dialtone/domain';
import type { WriteOutcome } from '@dialtone/engine';
import type { FreeDid, VoiceLinkHarness } from './voicelink-harness';

export const BOT = { name: 'contract', websocketUrl: 'wss://contract.example/ws', active: true } as const;

export const toBot = (botId: number): RoutingFields => ({
  forInboundCall: 1,
  forOutboundCall: ROUTE_TO_BOT,
  inboundBotId: null,
  inboundTrunkId: null,
  outboundBotId: botId,
  outboundTrunkId: null,
  active: true,
});

export const without = (record: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

export const acceptedId = (outcome: WriteOutcome): number => {
  if (outcome.kind !== 'accepted') throw new Error(`${outcome.kind}: ${outcome.failure.message}`);
  if (outcome.id === null) throw new Error('accepted without an id');
  return outcome.id;
};

export const expectRefused = (outcome: WriteOutcome, errorClass: string): void => {
  expect(outcome).toMatchObject({ kind: 'refused', failure: { class: errorClass } });
};

export const createBot = async (upstream: VoiceLinkHarness, clientId: number): Promise<number> =>
  acceptedId(await upstream.account.createBot({ ...BOT, clientId }));

export const mapped = async (upstream: VoiceLinkHarness): Promise<{ did: FreeDid; clientId: number }> => {
  const [did, clientId] = [await upstream.freeDid(), await upstream.clientId()];
  const outcome = await upstream.account.mapDid({ didId: did.didId, clientId, callRecording: 0 });
  expect(outcome).toEqual({ kind: 'accepted', id: null });
  return { did, clientId };
};

export const withBot = async (
  upstream: VoiceLinkHarness,
): Promise<{ did: FreeDid; clientId: number; botId: number }> => {
  const { did, clientId } = await mapped(upstream);
  return { did, clientId, botId: await createBot(upstream, clientId) };
};

export const didOf = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<RemoteDid | null> =>
  (await upstream.account.list('dids')).rows.find(({ key }) => key === did.key) ?? null;

export const isAvailable = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<boolean> =>
  (await upstream.account.list('available_dids')).rows.some(({ didId }) => didId === did.didId);

export const botsOf = async (upstream: VoiceLinkHarness, clientId: number): Promise<readonly RemoteBot[]> =>
  (await upstream.account.list('bots', { clientId })).rows;

export const botById = async (upstream: VoiceLinkHarness, botId: number): Promise<RemoteBot | undefined> =>
  (await upstream.account.list('bots')).rows.find(({ id }) => id === botId);

export const routingsOf = async (upstream: VoiceLinkHarness, did: FreeDid): Promise<readonly RemoteRouting[]> =>
  (await upstream.account.list('routing')).rows.filter(({ key }) => key === did.key);
