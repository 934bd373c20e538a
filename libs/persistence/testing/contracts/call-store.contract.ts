import type { AgentId, ConnectionId, DidKey } from '@dialtone/domain';
import { anAgentId } from '@dialtone/testing';
import { TELEPHONY_PROVIDERS, type CallStore, type RecordedCall } from '../../src';
import type { MakeGatewayHarness } from './gateway-harness';
import { given, useTelephony } from './telephony-world';

/** The contract of CallStore; every form of it passes the same tests. */
export const describeCallStore = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a store of calls`, () => {
    const world = useTelephony(make);
    let connectionId: ConnectionId;
    let agentId: AgentId;
    beforeEach(async () => {
      connectionId = await world.connect();
      agentId = await world.agent();
    });
    const record = (overrides: Partial<Parameters<CallStore['record']>[0]> = {}): Promise<RecordedCall> => {
      const { partnerId } = world;
      const call = { partnerId, connectionId, agentId, toNumber: '+919876543210', apiKeyId: 'k' };
      return world.stores.calls.record({ ...call, ...overrides });
    };

    describe('show as their caller id', () => {
      const callerId = async (): Promise<DidKey | string> => {
        const result = await record();
        return result.kind === 'recorded' ? result.call.fromKey : result.kind;
      };

      it('a number that is bound to the agent rather than the default of the connection', async () => {
        await world.addNumber(connectionId, { isDefault: true, ageSeconds: 60 });
        const bound = await world.addNumber(connectionId, { agentId });
        expect(await callerId()).toBe(bound.key);
      });

      it('of several bound numbers the default one, else the oldest', async () => {
        await world.addNumber(connectionId, { agentId });
        const old = await world.addNumber(connectionId, { agentId, ageSeconds: 60 });
        expect(await callerId()).toBe(old.key);
        const fallback = await world.addNumber(connectionId, { agentId, isDefault: true });
        expect(await callerId()).toBe(fallback.key);
      });

      it('the default of the connection when no number is bound to the agent, whoever it is bound to', async () => {
        const colleague = await world.agent();
        await world.addNumber(connectionId, { agentId: colleague });
        expect(await callerId()).toBe('no_caller_id');
        const fallback = await world.addNumber(connectionId, { isDefault: true, agentId: colleague });
        expect(await callerId()).toBe(fallback.key);
      });

      it('no inactive number, and none of another connection', async () => {
        const elsewhere = await world.connect();
        await world.addNumber(connectionId, { agentId, status: 'INACTIVE' });
        await world.addNumber(connectionId, { isDefault: true, status: 'INACTIVE' });
        await world.addNumber(elsewhere, { agentId });
        await world.addNumber(elsewhere, { isDefault: true });
        const before = await world.traces();
        expect(await callerId()).toBe('no_caller_id');
        expect(await world.traces()).toEqual(before);
      });

      it.each(TELEPHONY_PROVIDERS)('as the provider %s has it', async (provider) => {
        const connection = await world.connect(provider);
        const bound = await world.addNumber(connection, { agentId });
        const fallback = await world.addNumber(connection, { isDefault: true });
        const result = await record({ connectionId: connection });
        const isDefault = ['twilio', 'exotel', 'mcube'].includes(provider);
        expect(result).toMatchObject({ call: { fromKey: isDefault ? fallback.key : bound.key } });
      });

      it('the spelling that the partner gave the number', async () => {
        const written = { key: '1800123456' as DidKey, phoneNumber: '1800 123456' };
        await world.addNumber(connectionId, { ...written, agentId });
        expect(await record()).toMatchObject({ call: { fromNumber: '1800 123456', fromKey: '1800123456' } });
      });
    });

    it('need an active connection and an agent of the same partner', async () => {
      await world.addNumber(connectionId, { ...given(), agentId, isDefault: true });
      const other = await world.given.partner();
      const foreign = { connectionId: await world.connect('voicelink', other), agentId: await world.agent(other) };
      const before = await world.traces();
      expect(await record({ connectionId: foreign.connectionId })).toEqual({ kind: 'connection_not_found' });
      expect(await record({ partnerId: other })).toEqual({ kind: 'connection_not_found' });
      expect(await record({ agentId: foreign.agentId })).toEqual({ kind: 'agent_not_found' });
      expect(await record({ agentId: anAgentId() })).toEqual({ kind: 'agent_not_found' });
      await world.stores.agents.remove(world.partnerId, agentId);
      expect(await record()).toEqual({ kind: 'agent_not_found' });
      await world.stores.connections.disconnect(world.partnerId, connectionId);
      expect(await record()).toEqual({ kind: 'connection_not_found' });
      expect(await world.traces()).toEqual(before);
    });
  });
};
