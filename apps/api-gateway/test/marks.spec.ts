import type { DidKey } from '@dialtone/domain';
import type { BindingDto } from '../src/bindings/bindings.dto';
import { useGateway } from './gateway';
import { drifting, KEY, unobserved } from './observations';

const PATH = '/api/v2/voicelink/bindings';
const ONE = `${PATH}/${KEY}`;
const LISTS = [PATH, '/api/v2/voicelink/readiness', '/api/v2/voicelink/drift'];

describe('labels and managers', () => {
  const gateway = useGateway();
  const declare = (body: object = {}, url = ONE) =>
    gateway.ask('PUT', url, { body: { agent_id: gateway.tenant.agentId, ...body } });
  const marksOf = (data: unknown) => {
    const { labels, manager, generation } = data as BindingDto;
    return { labels, manager, generation };
  };

  it('are shown by the declaration, by GET and in the list', async () => {
    const marks = { labels: { 'crm.example.com/team': 'sales', region: 'north' }, manager: 'crm-export' };
    const declared = await declare(marks);
    expect([declared.status, marksOf(declared.json.data)]).toEqual([201, { ...marks, generation: 1 }]);
    expect(marksOf((await gateway.ask('GET', ONE)).json.data)).toEqual({ ...marks, generation: 1 });
    const { bindings } = (await gateway.ask('GET', PATH)).json.data as { bindings: BindingDto[] };
    expect(bindings.map(marksOf)).toEqual([{ ...marks, generation: 1 }]);
  });

  it.each([{}, { labels: null, manager: null, take_over: null }])(
    'are none when they are left out: %j',
    async (body) => {
      expect(marksOf((await declare(body)).json.data)).toEqual({ labels: {}, manager: null, generation: 1 });
    },
  );

  it('are replaced, as the rest of a declaration is', async () => {
    await declare({ labels: { team: 'sales' }, bot_name: 'Sales' });
    const changed = await declare({ labels: { tier: 'gold' } });
    expect([changed.status, marksOf(changed.json.data)]).toEqual([
      200,
      { labels: { tier: 'gold' }, manager: null, generation: 2 },
    ]);
  });

  it.each<[field: string, value: unknown, says: string]>([
    ['labels', ['a'], 'an object'],
    ['labels', 'team=sales', 'an object'],
    ['labels', { 'a b': 'c' }, '"a b"'],
    ['labels', { team: 5 }, '"team"'],
    ['labels', { team: null }, '"team"'],
    ['labels', { team: 'x'.repeat(64) }, '"team"'],
    ['labels', { team: { name: 'sales' } }, '"team"'],
    ['labels', Object.fromEntries(Array.from({ length: 17 }, (_, nth) => [`l${String(nth)}`, 'v'])), 'at most 16'],
    ['manager', '', '1 to 63'],
    ['manager', 'crm export', '1 to 63'],
    ['manager', 'x'.repeat(64), '1 to 63'],
    ['manager', 5, '1 to 63'],
    ['take_over', 'yes', 'true or false'],
    ['take_over', 1, 'true or false'],
  ])('refuses %s: %j and says why', async (field, value, says) => {
    const { status, json } = await declare({ [field]: value });
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error.details).toEqual([{ field, message: expect.stringContaining(says) as string }]);
    expect(json.error.details?.[0]?.message).toMatch(new RegExp(`^${field} `));
    expect(gateway.world.views.size).toBe(0);
  });

  it.each(['toString', 'constructor', '__proto__'])('takes no label %s, which every object has', async (name) => {
    const { status } = await declare({ labels: JSON.parse(`{"${name}":"x"}`) as object });
    expect(status).toBe(400);
  });

  it('refuses a second manager and names the first, until it takes the number over', async () => {
    await declare({ manager: 'crm-export' });
    for (const body of [{ manager: 'erp' }, {}, { manager: 'erp', take_over: false }]) {
      const { status, json } = await declare({ client_id: 9, ...body });
      expect([status, json.error.code]).toEqual([409, 'MANAGER_CONFLICT']);
      expect(json.error.message).toContain('"crm-export"');
      expect(json.error.details).toEqual([{ field: 'manager', message: 'Declared by "crm-export".' }]);
    }
    expect((await declare({ client_id: 9, manager: 'crm-export' })).status).toBe(200);
    const taken = await declare({ manager: 'erp', take_over: true });
    expect([taken.status, marksOf(taken.json.data)]).toEqual([200, { labels: {}, manager: 'erp', generation: 3 }]);
  });

  it('lets only the manager withdraw a number, or whoever takes it over', async () => {
    await declare({ manager: 'crm-export' });
    for (const query of ['', '?manager=erp', '?manager=erp&take_over=false']) {
      const { status, json } = await gateway.ask('DELETE', `${ONE}${query}`);
      expect([status, json.error.code]).toEqual([409, 'MANAGER_CONFLICT']);
    }
    expect((await gateway.ask('DELETE', `${ONE}?manager=crm-export`)).status).toBe(200);
    await declare({ manager: 'crm-export' });
    expect((await gateway.ask('DELETE', `${ONE}?take_over=true`)).status).toBe(200);
  });

  it.each(LISTS)('select what %s lists', async (list) => {
    const { partnerId, connectionId } = gateway.tenant;
    const numbers = { '918011223301': { team: 'sales' }, '918011223302': { team: 'support' }, '918011223303': {} };
    for (const [key, labels] of Object.entries(numbers)) {
      await declare({ labels }, `${PATH}/${key}`);
      gateway.world.store(partnerId, drifting(unobserved(connectionId, key as DidKey)));
    }
    const keysOf = async (selector: string): Promise<readonly string[]> => {
      const { status, json } = await gateway.ask('GET', `${list}?labels=${encodeURIComponent(selector)}`);
      expect(status).toBe(200);
      const data: Readonly<Record<string, readonly { readonly key: string }[]>> = json.data;
      return (Object.values(data)[0] ?? []).map(({ key }) => key);
    };
    expect(await keysOf('team=sales')).toEqual(['918011223301']);
    expect(await keysOf('team in (sales, support)')).toEqual(['918011223301', '918011223302']);
    expect(await keysOf('team!=sales')).toEqual(['918011223302', '918011223303']);
    expect(await keysOf('!team')).toEqual(['918011223303']);
  });

  it.each(LISTS)('are selected only by a selector in %s', async (list) => {
    for (const selector of ['', 'team=', 'a b', 'team in (a', '=a', 'team=a=b', 'x'.repeat(1_001), 'team=a&labels=b']) {
      const { status, json } = await gateway.ask('GET', `${list}?labels=${selector.replaceAll(' ', '%20')}`);
      const isFine = selector === 'team=';
      expect([selector, status]).toEqual([selector, isFine ? 200 : 400]);
      if (!isFine) expect(json.error.details?.map(({ field }) => field)).toEqual(['labels']);
    }
  });
});
