import type { ConnectionId } from '@dialtone/domain';
import { carrierNumbersOf } from '../../apps/api-gateway/src/outside/carrier-numbers';
import { carriersOn, useSimulatedCarriers } from './simulated-carriers';

const id = 'c-1' as ConnectionId;

describe('the numbers of a connection', () => {
  const { running } = useSimulatedCarriers(45);
  const numbersOf = (credentials: Readonly<Record<string, string>> | null) =>
    carrierNumbersOf(
      { find: () => Promise.resolve({ id, provider: 'plivo', baseUrl: null, credentials }) },
      carriersOn(running()),
    );
  const own = () => running().simulator.world.accountsOf('plivo')[0]?.credentials ?? {};
  const requests = () => running().simulator.requests.get('plivo.numbers.list');

  it('are read once, however many ask at the same time, and anew afterwards', async () => {
    const read = numbersOf(own());
    const [one, other] = await Promise.all([read(id), read(id)]);
    expect(one).toMatchObject({ kind: 'listed', complete: true, numbers: { length: 45 } });
    expect(other).toBe(one);
    expect(requests()).toBe(3);
    await read(id);
    expect(requests()).toBe(6);
  });

  it('are not read without credentials', async () => {
    expect(await numbersOf(null)(id)).toEqual({ kind: 'unopened' });
    expect(requests()).toBeUndefined();
  });
});
