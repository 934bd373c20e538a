import { POINTING_CARRIERS } from '@dialtone/carriers';
import { DEFAULT_WEBSOCKET_URL } from '../../apps/api-gateway/test/memory-plans';
import { useGateway } from '../../apps/api-gateway/test/gateway';
import { PointedNumbers } from './pointed-numbers';
import { useSimulatedCarriers } from './simulated-carriers';

describe('a call to a number that was pointed here', () => {
  const { running } = useSimulatedCarriers();
  const gateway = useGateway();
  beforeAll(async () => {
    await gateway.app.listen(0, '127.0.0.1');
  });

  it.each(POINTING_CARRIERS)(
    'through a simulated %s comes to its agent, and after the release no more',
    async (provider) => {
      const numbers = PointedNumbers.on(gateway, running());
      const { simulator } = running();
      const ring = async () => {
        const [account] = simulator.world.accountsOf(provider);
        const [number] = account?.numbers ?? [];
        const call =
          account === undefined || number === undefined ? null : simulator.lives.ring(account, number, '919876543210');
        await simulator.advance(60_000);
        return call;
      };
      expect(await ring()).toBeNull();
      await numbers.assign(provider);
      await numbers.turns();
      const call = await ring();
      expect(call).toMatchObject({ direction: 'inbound', phase: 'completed', cause: null });
      expect(call?.handover?.mediaUrl).toContain(DEFAULT_WEBSOCKET_URL);
      expect(JSON.stringify(call?.handover)).toContain(gateway.tenant.agentId);
      await numbers.change(provider, { agent_id: null });
      await numbers.turns();
      expect(await ring()).toBeNull();
    },
  );
});
