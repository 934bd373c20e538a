import { anAgentId } from '@dialtone/testing';
import type { MakeGatewayHarness } from './gateway-harness';
import { useTelephony } from './telephony-world';

const PROFILE = {
  prompt: 'Be kind.',
  voiceId: 'v',
  language: 'en-IN',
  agentType: 'inbound',
  projectId: 'p',
} as const;

/** The contract of AgentStore; every form of it passes the same tests. */
export const describeAgentStore = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a store of agents`, () => {
    const world = useTelephony(make);

    it('keeps agent names unique per partner', async () => {
      const { agents } = world.stores;
      const { partnerId } = world;
      const sales = await agents.create(partnerId, 'Sales');
      expect(sales).toMatchObject({ partnerId, name: 'Sales' });
      expect(await agents.create(partnerId, 'Sales')).toBe('name_taken');
      expect(await agents.create(partnerId, ' sa\u200bLES ')).toBe('name_taken');
      const other = await world.given.partner();
      expect(await agents.create(other, 'Sales')).toMatchObject({ partnerId: other });
      const billing = await agents.create(partnerId, 'Billing');
      expect(await agents.named(partnerId, ['Sales', 'Billing', 'Other'])).toEqual([billing, sales]);
      expect(await agents.named(partnerId, ['sales'])).toEqual([]);
    });

    it('finds agents of their own partner only, and a deleted one not at all', async () => {
      const { agents } = world.stores;
      const { partnerId } = world;
      const id = await world.agent(partnerId, 'Sales');
      const other = await world.given.partner();
      expect(await agents.find(partnerId, id)).toEqual({ id, partnerId, name: 'Sales' });
      expect(await agents.find(other, id)).toBeNull();
      expect(await agents.find(partnerId, anAgentId())).toBeNull();
      await agents.remove(partnerId, id);
      expect(await agents.find(partnerId, id)).toBeNull();
      expect(await agents.create(partnerId, 'Sales')).not.toBe('name_taken');
    });

    it('keep what is said about them, and are listed newest first without prompts', async () => {
      const { agents } = world.stores;
      const { partnerId } = world;
      const sales = await agents.create(partnerId, 'Sales', PROFILE);
      const support = await agents.create(partnerId, 'Support');
      if (sales === 'name_taken' || support === 'name_taken') throw new Error('The partner is new.');
      expect(await agents.details(partnerId, sales.id)).toMatchObject({ name: 'Sales', ...PROFILE });
      expect(await agents.details(partnerId, support.id)).toMatchObject({ prompt: null, agentType: null });
      const page = await agents.page({ partnerId, limit: 10, offset: 0 });
      expect(page).toMatchObject({ items: [{ id: support.id }, { ...PROFILE, id: sales.id, prompt: null }], total: 2 });
      const second = await agents.page({ partnerId, limit: 1, offset: 1 });
      expect(second).toMatchObject({ items: [{ id: sales.id }], total: 2 });
      expect(await agents.details(await world.given.partner(), sales.id)).toBeNull();
    });

    it('are as many as a partner may have, also when several are made at the same time; a deleted one does not count', async () => {
      const { agents } = world.stores;
      const { partnerId } = world;
      const create = (name: string) => agents.create(partnerId, name, undefined, 3);
      const made = await Promise.allSettled(['1', '2', '3', '4', '5'].map(create));
      const refused = made.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
      expect(refused).toEqual(Array(2).fill(expect.objectContaining({ quota: 'agents', atMost: 3 })));
      const { items } = await agents.page({ partnerId, limit: 10, offset: 0 });
      expect(items).toHaveLength(3);
      expect(await agents.create(await world.given.partner(), '1', undefined, 3)).toMatchObject({ name: '1' });
      await agents.remove(partnerId, items[0]?.id ?? anAgentId());
      expect(await create('6')).toMatchObject({ name: '6' });
    });

    it('that are deleted leave their numbers without one and their bindings due, and free their name', async () => {
      const { agents, inventory } = world.stores;
      const { partnerId } = world;
      const id = await world.connect();
      const [row, other] = [await world.addNumber(id), await world.addNumber(id)];
      const [gone, stays] = [await world.agent(partnerId, 'Gone'), await world.agent(partnerId, 'Stays')];
      for (const [number, agentId] of [
        [row, gone],
        [other, stays],
      ] as const) {
        await world.declare(id, number.key, agentId);
        await inventory.update(partnerId, number.id, { agentId });
        await world.settle(number.key);
      }
      const due = (): Promise<readonly boolean[]> => Promise.all([row, other].map(({ key }) => world.isDue(key)));
      expect(await due()).toEqual([false, false]);
      expect(await agents.remove(await world.given.partner(), gone)).toBe(false);
      expect(await agents.remove(partnerId, gone)).toBe(true);
      expect(await agents.remove(partnerId, gone)).toBe(false);
      expect(await due()).toEqual([true, false]);
      expect(await inventory.find(partnerId, row.id)).toMatchObject({ agent: null });
      expect(await inventory.find(partnerId, other.id)).toMatchObject({ agent: { name: 'Stays' } });
      expect(await agents.details(partnerId, gone)).toBeNull();
      expect((await agents.page({ partnerId, limit: 10, offset: 0 })).total).toBe(1);
      expect(await agents.create(partnerId, 'Gone')).not.toBe('name_taken');
    });
  });
};
