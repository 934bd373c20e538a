import type { DidKey } from '@dialtone/domain';
import { didResource, type WriteIntent } from '@dialtone/engine';
import { aDidKey } from '../../builders/ids';
import type { MakeStoreHarness } from '../harness';
import { declareOne, freshHarness, LONG_MS, present, updateOf } from './fixtures';

/** What the stores know of connections on one VoiceLink account. */
export const describeSharedAccount = (name: string, make: MakeStoreHarness): void => {
  describe(`${name}: connections on one account`, () => {
    const harness = freshHarness(make);
    const pair = async () => {
      const { stores, given } = harness();
      const first = await given.connection({ login: 'one account' });
      const second = await given.connection({ login: 'one account', partnerId: first.partnerId });
      return { stores, given, first, second };
    };
    const sharingEvents = async (): Promise<readonly string[]> =>
      (await harness().events()).map(({ type }) => type).filter((type) => type.startsWith('dialtone.account'));

    it('are of one account when the same user logs in, and say so once each', async () => {
      const { stores, first, second } = await pair();
      for (const { id } of [first, second, first]) await stores.voiceLinkConnections.recognise(id);
      expect((await stores.voiceLinkConnections.find(second.id))?.accountId).toBe(first.accountId);
      expect(await sharingEvents()).toEqual(['dialtone.account.shared.v1', 'dialtone.account.shared.v1']);
      const { connections } = await stores.voiceLinkConnections.sharedAccount(second.id);
      expect(connections).toEqual([first.id, second.id]);
    });

    it('are of one account when VoiceLink names the same reseller', async () => {
      const { stores, given } = harness();
      const first = await given.connection();
      const second = await given.connection({ partnerId: first.partnerId });
      const { voiceLinkConnections } = stores;
      await voiceLinkConnections.noteOwner(first.id, '9');
      await voiceLinkConnections.noteOwner(second.id, '9');
      for (const { id } of [second, first]) await voiceLinkConnections.recognise(id);
      expect((await voiceLinkConnections.sharedAccount(first.id)).connections).toEqual([first.id, second.id]);
      expect((await voiceLinkConnections.find(second.id))?.accountId).toBe(first.accountId);
    });

    it('are on their own when VoiceLink names no reseller, and when another user logs in', async () => {
      const { stores, given } = harness();
      const first = await given.connection();
      const second = await given.connection({ partnerId: first.partnerId });
      for (const { id } of [first, second]) {
        await stores.voiceLinkConnections.noteOwner(id, null);
        await stores.voiceLinkConnections.recognise(id);
        expect(await stores.voiceLinkConnections.sharedAccount(id)).toEqual({ connections: [id], claims: [] });
      }
      expect(await sharingEvents()).toEqual([]);
    });

    it('of another partner is told nothing, and its bots are leased with the account', async () => {
      const { stores, given, first } = await pair();
      const stranger = await given.connection({ login: 'one account' });
      await stores.voiceLinkConnections.recognise(stranger.id);
      const found = present(await stores.voiceLinkConnections.find(stranger.id));
      expect(found.accountId).toBe(first.accountId);
      expect(await stores.voiceLinkConnections.sharedAccount(stranger.id)).toEqual({
        connections: [stranger.id],
        claims: [],
      });
      expect((await harness().events()).filter((event) => event.connection_id === stranger.id)).toEqual([]);
    });

    it('claim what they declare and what they have in their inventory, of all numbers or of some', async () => {
      const { stores, given, first, second } = await pair();
      const [declared, local] = [aDidKey(), aDidKey()];
      const agentId = await given.agent(first.partnerId);
      const spec = {
        agentId,
        clientId: null,
        botName: null,
        websocketUrl: null,
        mode: 'observe',
        release: 'keep',
      } as const;
      await given.declare({ connectionId: second.id, key: declared, spec });
      const place = { partnerId: first.partnerId, connectionId: first.id, key: local };
      await stores.phoneNumbers.import({ ...place, friendlyName: 'x' });
      const claimsOf = async (keys?: readonly DidKey[]) =>
        (await stores.voiceLinkConnections.sharedAccount(first.id, keys)).claims;
      expect(await claimsOf()).toEqual([
        { connectionId: second.id, key: declared, isDeclared: true, hasAgent: false },
        { connectionId: first.id, key: local, isDeclared: false, hasAgent: false },
      ]);
      expect(await claimsOf([declared])).toHaveLength(1);
      expect(await claimsOf([aDidKey()])).toEqual([]);
    });

    it('know of each other what was sent without an answer, and which bots are misreported', async () => {
      const { stores, given, first, second } = await pair();
      await stores.voiceLinkConnections.recognise(second.id);
      const key = aDidKey();
      const agentId = await given.agent(first.partnerId);
      const spec = {
        agentId,
        clientId: 7,
        botName: null,
        websocketUrl: null,
        mode: 'enforce',
        release: 'keep',
      } as const;
      const binding = await given.declare({ connectionId: first.id, key, spec });
      const lease = present(await stores.leases.acquire(didResource(first.id, key), 'one', LONG_MS));
      const intent: WriteIntent = {
        connectionId: first.id,
        key,
        bindingId: binding.id,
        actor: 'reconciler',
        requestId: null,
        generation: 1,
        step: 'ensure_bot',
        target: 'bot-create:7',
        body: {},
      };
      const id = present(await stores.journal.begin(intent, [lease]));
      expect((await stores.journal.unresolved(second.id, 'bot-create:7')).map((write) => write.id)).toEqual([id]);
      await stores.voiceLinkConnections.markMisreportedBot(first.id, 58);
      expect([...(await stores.voiceLinkConnections.misreportedBots(second.id)).keys()]).toEqual([58]);
      await stores.journal.finish(id, 'done', { id: 61 });
      expect((await stores.keyStates.loadOne(first.id, key))?.declared).toMatchObject({ madeBotId: 61, clientId: 7 });
    });

    it('end the verdict of a number that another one answers for, with its drift and its advisories, once', async () => {
      const { stores } = harness();
      const { connection, binding } = await declareOne(harness());
      const advised = { code: 'BOT_MISMATCH', message: 'Calls go to bot_id=61' } as const;
      const update = { ...updateOf(binding.key, { issues: ['NO_BOT'] }), advisories: [advised] };
      await stores.keyStates.apply(connection.id, [update], { makeDue: false });
      expect((await stores.keyStates.loadOne(connection.id, binding.key))?.advisories).toMatchObject([advised]);
      for (let time = 0; time < 2; time += 1) await stores.keyStates.end(connection.id, [binding.key]);
      const ended = await stores.keyStates.loadOne(connection.id, binding.key);
      expect(ended).toMatchObject({ state: 'UNKNOWN', drift: null, advisories: [], stale: true });
      const events = (await harness().events()).filter(({ key }) => key === binding.key);
      expect(events.slice(1).map(({ type }) => type)).toEqual([
        'dialtone.readiness.changed.v1',
        'dialtone.drift.detected.v1',
        'dialtone.advisory.raised.v1',
        'dialtone.readiness.changed.v1',
        'dialtone.drift.resolved.v1',
        'dialtone.advisory.cleared.v1',
      ]);
      expect(events.at(-2)?.data).toMatchObject({ reason: 'other_connection' });
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, nth) => nth + 1));
    });
  });
};
