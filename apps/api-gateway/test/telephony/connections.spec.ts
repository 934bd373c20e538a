import { randomUUID } from 'node:crypto';
import type { DidKey } from '@dialtone/domain';
import { TELEPHONY_PROVIDERS } from '@dialtone/persistence';
import { LEAST, MORE_FOR_CONFIG, NUMBER, PATH, useTelephony, type Body } from './carriers';

describe('telephony connections', () => {
  const { gateway, create, configure, list } = useTelephony();

  it('has a limit per partner, which counts active connections only', async () => {
    // The tenant comes with one.
    gateway.world.quotas.connections = 3;
    const plivo = await create('plivo', LEAST.plivo);
    expect([plivo.status, (await configure('vobiz', { ...LEAST.vobiz, from_number: NUMBER })).status]).toEqual([
      201, 200,
    ]);
    for (const refused of [await create('plivo', LEAST.plivo), await configure('twilio', LEAST.twilio)]) {
      expect([refused.status, refused.json.error.code]).toEqual([409, 'CONNECTION_LIMIT_REACHED']);
      expect(refused.json.error.message).toContain('3 active connections');
    }
    expect((await configure('plivo', { ...LEAST.plivo, from_number: NUMBER })).status).toBe(200);
    const { id } = (plivo.json.data as { connection: { id: string } }).connection;
    const again = () => {
      const headers = { 'idempotency-key': 'again' };
      return gateway.ask('POST', PATH, { body: { provider: 'twilio', name: 'Main', ...LEAST.twilio }, headers });
    };
    expect((await again()).json.error.code).toBe('CONNECTION_LIMIT_REACHED');
    await gateway.ask('DELETE', `${PATH}/${id}`);
    expect((await again()).status).toBe(201);
  });

  it('answers a creation and a list as documented, field by field', async () => {
    const created = await create('plivo', { ...LEAST.plivo, name: 'Plivo India - Sales', from_number: NUMBER });
    const { connection } = created.json.data as {
      connection: { readonly id: string; readonly phone_numbers: readonly { readonly id: string }[] };
    };
    const head = {
      id: connection.id,
      connection_id: connection.id,
      provider: 'plivo',
      provider_key: 'PLIVO',
      name: 'Plivo India - Sales',
      status: 'ACTIVE',
      is_default: true,
    };
    const numbers = [
      {
        id: connection.phone_numbers[0]?.id,
        phone_number: NUMBER,
        friendly_name: null,
        status: 'ACTIVE',
        is_default: true,
        inbound_enabled: false,
        agent: null,
      },
    ];
    const time = '2026-06-09T10:35:00.000Z';
    expect(created.text).toBe(
      JSON.stringify({
        success: true,
        data: { connection: { ...head, phone_numbers: numbers, created_at: time, updated_at: time } },
      }),
    );
    expect((await list('?provider=plivo')).text).toBe(
      JSON.stringify({
        success: true,
        data: {
          connections: [{ ...head, last_verified_at: time, last_error_message: null, phone_numbers: numbers }],
        },
      }),
    );
  });

  it('shows a number in its own national form, and knows which number it is', async () => {
    const answer = await create('mcube', LEAST.mcube);
    expect(answer.text).toContain('"phone_number":"8047112233"');
    expect(gateway.world.telephony.numbers[0]?.key).toBe('918047112233');
    await create('mcube', { ...LEAST.mcube, exe_number: '56767' });
    expect(gateway.world.telephony.numbers[1]).toMatchObject({ key: '56767', phoneNumber: '56767' });
    await create('twilio', { ...LEAST.twilio, from_number: '+6561234567' });
    expect(gateway.world.telephony.numbers[2]).toMatchObject({ key: '006561234567', phoneNumber: '+6561234567' });
  });

  it('says of a connection with very many numbers that it shows only some of them', async () => {
    const { partnerId, connectionId } = gateway.tenant;
    const shown = async () => {
      const { connections } = (await list()).json.data as { connections: readonly Body[] };
      const { phone_numbers, phone_numbers_truncated } = connections[0] ?? {};
      return [(phone_numbers as readonly unknown[]).length, phone_numbers_truncated];
    };
    const add = (key: string) =>
      gateway.world.telephony.addNumber(partnerId, connectionId, { key: key as DidKey, phoneNumber: `+${key}` });
    for (let nth = 0; nth < 1000; nth += 1) add(String(918_000_000_000 + nth));
    expect(await shown()).toEqual([1000, undefined]);
    add('918000001000');
    expect(await shown()).toEqual([1000, true]);
    const renamed = await gateway.ask('PATCH', `${PATH}/${connectionId}`, { body: { name: 'Large' } });
    expect((renamed.json.data as { connection: Body }).connection['phone_numbers_truncated']).toBe(true);
  });

  it('lists connections in pages, and says that there is another one only then', async () => {
    for (const name of ['One', 'Two', 'Three']) await create('plivo', { ...LEAST.plivo, name });
    const page = async (query: string) =>
      (await list(`?provider=plivo&${query}`)).json.data as { connections: { name: string }[]; next_cursor?: string };
    const first = await page('limit=2');
    expect(first.connections.map(({ name }) => name)).toEqual(['One', 'Two']);
    const second = await page(`limit=2&cursor=${String(first.next_cursor)}`);
    expect(second.connections.map(({ name }) => name)).toEqual(['Three']);
    for (const last of [second, await page('limit=3'), await page('')]) expect(last).not.toHaveProperty('next_cursor');
  });

  it('lists active connections, or those that were disconnected, of one provider or all', async () => {
    await create('plivo', LEAST.plivo);
    await create('plivo', { ...LEAST.plivo, name: 'Second' });
    const [voicelink, first] = gateway.world.connections;
    await gateway.ask('DELETE', `${PATH}/${String(first?.id)}`);
    const names = async (query: string): Promise<unknown> => {
      const { data } = (await list(query)).json as { data: { connections: { name: string; provider: string }[] } };
      return data.connections.map(({ provider, name }) => `${provider} ${name}`);
    };
    expect(await names('')).toEqual([`voicelink ${String(voicelink?.name)}`, 'plivo Second']);
    expect(await names('?provider=plivo')).toEqual(['plivo Second']);
    expect(await names('?status=DISCONNECTED')).toEqual(['plivo Main']);
    expect(await names('?provider=sip')).toEqual([]);
    for (const query of ['?provider=PLIVO', '?status=active', '?limit=0', '?limit=101', '?cursor=x']) {
      expect((await list(query)).json.error.code).toBe('VALIDATION_ERROR');
    }
  });

  it('renames an active connection, and nothing else about it', async () => {
    const id = gateway.tenant.connectionId;
    const answer = await gateway.ask('PATCH', `${PATH}/${id}`, { body: { name: 'Plivo India - Support' } });
    expect([answer.status, (answer.json.data as { connection: Body }).connection['name']]).toEqual([
      200,
      'Plivo India - Support',
    ]);
    for (const body of [{}, { name: '' }, { name: 'x', password: 'p' }, { name: null }]) {
      expect((await gateway.ask('PATCH', `${PATH}/${id}`, { body })).json.error.code).toBe('VALIDATION_ERROR');
    }
    await gateway.ask('DELETE', `${PATH}/${id}`);
    const late = await gateway.ask('PATCH', `${PATH}/${id}`, { body: { name: 'x' } });
    expect([late.status, late.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
  });

  it('disconnects once, and says the same again', async () => {
    const path = `${PATH}/${gateway.tenant.connectionId}`;
    const first = await gateway.ask('DELETE', path);
    expect([first.status, first.json.data]).toEqual([
      200,
      { connection: expect.objectContaining({ status: 'DISCONNECTED', is_default: false }) as unknown },
    ]);
    expect((await gateway.ask('DELETE', path)).text).toBe(first.text);
  });

  it('knows nothing of foreign connections', async () => {
    const foreign = gateway.world.addConnection(gateway.world.addTenant().partnerId);
    for (const method of ['PATCH', 'DELETE'] as const) {
      const ask = (id: string) =>
        gateway.ask(method, `${PATH}/${id}`, method === 'PATCH' ? { body: { name: 'x' } } : {});
      const answer = await ask(foreign);
      expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
      expect(answer.text).toBe((await ask(randomUUID())).text);
      expect((await ask('main')).status).toBe(400);
    }
    expect((await list()).text).not.toContain(foreign);
  });

  it('repeats no secret, neither in answers nor in the log', async () => {
    for (const provider of TELEPHONY_PROVIDERS) {
      const body = { ...LEAST[provider], ...MORE_FOR_CONFIG[provider] };
      const wrong = { ...body, unknown_field: 1, name: '' };
      const requests = [
        await create(provider, LEAST[provider]),
        await configure(provider, body),
        await create(provider, wrong),
        await configure(provider, wrong),
      ];
      expect(requests.map(({ status }) => status)).toEqual([201, 200, 400, 400]);
      for (const { text } of [...requests, await list()]) expect(text).not.toContain('canary');
    }
    expect(gateway.log.join('\n')).toContain(PATH);
    expect(gateway.log.join('\n')).not.toContain('canary');
  });
});
