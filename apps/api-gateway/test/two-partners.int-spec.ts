import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ConnectionId, type DidKey, phoneNumberOf } from '@dialtone/domain';
import { type Stores, type TelephonyProvider } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { aDidKey, updateOf } from '@dialtone/testing';
import type { PhoneNumberDto } from '../src/phone-numbers/phone-numbers.dto';
import { openStoredGateway } from './stored-gateway';

const NUMBERS = '/api/v2/phone-numbers';

interface Party {
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  connect(provider: TelephonyProvider): Promise<ConnectionId>;
}

interface Answer<T = PhoneNumberDto> {
  readonly status: number;
  readonly data: T;
  readonly error: { readonly code: string; readonly message: string };
}

describe('one partner against another, on PostgreSQL', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let stores: Stores;
  let owner: Party;
  let thief: Party;

  const addParty = async (name: string, provider: TelephonyProvider): Promise<Party> => {
    const { id: partnerId } = await stores.partners.create(name);
    const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
    const connect = async (carrier: TelephonyProvider): Promise<ConnectionId> => {
      const credentials = { username: 'u', password: 'p' };
      const verification = { kind: 'verified' } as const;
      const place = { partnerId, provider: carrier, name: carrier, baseUrl: 'http://127.0.0.1:1' };
      return (await stores.connections.create({ ...place, credentials, verification })).id;
    };
    return { apiKey, connectionId: await connect(provider), connect };
  };
  const ask = async <T = PhoneNumberDto>(
    { apiKey }: Party,
    request: {
      readonly method: 'GET' | 'PUT' | 'POST';
      readonly url: string;
      readonly payload?: object;
      readonly key?: string;
    },
  ): Promise<Answer<T>> => {
    const { key, ...sent } = request;
    const headers = { authorization: `Bearer ${apiKey}`, ...(key !== undefined && { 'idempotency-key': key }) };
    const { statusCode, body } = await app.inject({ ...sent, headers });
    return { status: statusCode, ...(JSON.parse(body) as Omit<Answer<T>, 'status'>) };
  };

  const presence = { did: 'present', bot: 'unknown', routing: 'unknown' } as const;
  const lists = (connectionId: ConnectionId, key: DidKey) =>
    stores.keyStates.apply(connectionId, [updateOf(key, { observation: { presence } })], { makeDue: false });
  const sync = (
    party: Party,
    numbers: readonly string[],
    more: { readonly connection_id?: string; readonly key?: string } = {},
  ) => {
    const { key, ...body } = more;
    const payload = { provider: 'VOBIZ', numbers, ...body };
    return ask<{ phone_numbers: PhoneNumberDto[]; refused?: { phone_number: string; code: string }[]; synced: number }>(
      party,
      {
        method: 'POST',
        url: `${NUMBERS}/sync`,
        payload,
        ...(key !== undefined && { key }),
      },
    );
  };
  const put = (party: Party, id: string, payload: object, key?: string) =>
    ask(party, { method: 'PUT', url: `${NUMBERS}/${id}`, payload, ...(key !== undefined && { key }) });
  const read = async (party: Party, id: string) => (await ask(party, { method: 'GET', url: `${NUMBERS}/${id}` })).data;
  /** The owner's row of a number as an earlier import left it. */
  const imported = async (key: DidKey): Promise<string> => {
    const [row] = await database.connect(1).then((ds) =>
      ds.query<{ id: string }[]>(
        `insert into phone_numbers (partner_id, connection_id, key)
         select partner_id, id, $2 from connections where id = $1 returning id`,
        [owner.connectionId, key],
      ),
    );
    return row?.id ?? '';
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ app, stores } = await openStoredGateway(database, {
      RATE_LIMIT_PER_MINUTE: '0',
      MAX_PHONE_NUMBERS_PER_PARTNER: '20',
    }));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  let round = 0;
  beforeEach(async () => {
    round += 1;
    owner = await addParty(`Owner ${String(round)}`, 'voicelink');
    thief = await addParty(`Thief ${String(round)}`, 'vobiz');
  });

  it('an invented carrier account does not keep the inbound calls of a number that VoiceLink lists for its owner', async () => {
    const key = aDidKey();
    const mine = await imported(key);
    const [stolen] = (await sync(thief, [phoneNumberOf(key)], { key: 'steal' })).data.phone_numbers;
    expect(stolen).toMatchObject({ inbound_enabled: true });
    const enable = () => put(owner, mine, { inbound_enabled: true }, 'mine');
    expect(await enable()).toMatchObject({ status: 409, error: { code: 'INBOUND_CONFLICT' } });
    await lists(owner.connectionId, key);
    expect(await enable()).toMatchObject({ status: 200, data: { inbound_enabled: true } });
    const lost = await read(thief, stolen?.id ?? '');
    expect(lost).toMatchObject({ inbound_enabled: false, advisories: [{ code: 'INBOUND_LOST' }] });
    expect(JSON.stringify(lost)).not.toContain(owner.connectionId);
    // A replay answers as it did then, and takes nothing.
    expect((await sync(thief, [phoneNumberOf(key)], { key: 'steal' })).status).toBe(200);
    const refused = await sync(thief, [phoneNumberOf(key)]);
    expect([refused.status, refused.error.code]).toEqual([409, 'INBOUND_CONFLICT']);
    expect((await put(thief, lost.id, { inbound_enabled: true })).status).toBe(409);
    expect((await read(owner, mine)).inbound_enabled).toBe(true);
    expect((await put(thief, lost.id, { inbound_enabled: false })).data).not.toHaveProperty('advisories');
  });

  it.each(['+918011223344', '+9108011223344'])('another spelling, %s, takes nothing either', async (spelling) => {
    await lists(owner.connectionId, aDidKey('918011223344'));
    const answer = await sync(thief, [spelling]);
    expect([answer.status, answer.error.code]).toEqual([409, 'INBOUND_CONFLICT']);
  });

  it('one number that another has does not keep good ones out, and the answer does not tell who has it', async () => {
    const [taken, free] = [aDidKey(), aDidKey()];
    await lists(owner.connectionId, taken);
    const answer = await sync(thief, [phoneNumberOf(taken), phoneNumberOf(free)]);
    expect(answer).toMatchObject({
      status: 200,
      data: {
        synced: 1,
        created: 1,
        phone_numbers: [{ phone_number: phoneNumberOf(free), inbound_enabled: true }],
        refused: [{ phone_number: phoneNumberOf(taken), code: 'INBOUND_CONFLICT' }],
      },
    });
    expect(JSON.stringify(answer)).not.toContain(owner.connectionId);
    expect((await sync(thief, [phoneNumberOf(free)])).data).not.toHaveProperty('refused');
  });

  it('a number that is listed for another and one that another takes are refused in the same words', async () => {
    const [listed, taken] = [aDidKey(), aDidKey()];
    const third = await addParty(`Third ${String(round)}`, 'vobiz');
    await lists(owner.connectionId, listed);
    await sync(third, [phoneNumberOf(taken)]);
    const wordsOf = async (key: DidKey) => {
      const { status, error } = await sync(thief, [phoneNumberOf(key)]);
      return [status, error.code, error.message.replace(phoneNumberOf(key), '')];
    };
    expect(await wordsOf(listed)).toEqual(await wordsOf(taken));
  });

  it('numbers of a partner are limited over all of its connections, and the refusal names the limit', async () => {
    const some = (count: number) => Array.from({ length: count }, () => phoneNumberOf(aDidKey()));
    const another = await thief.connect('vobiz');
    const onFirst = { connection_id: thief.connectionId };
    expect((await sync(thief, some(15), onFirst)).status).toBe(200);
    const over = await sync(thief, some(6), { connection_id: another });
    expect([over.status, over.error.code]).toEqual([409, 'NUMBER_LIMIT_REACHED']);
    expect(over.error.message).toContain('20 phone numbers');
    expect(over.error.message).toContain('(quota phone_numbers)');
    // Two at once do not use the same rest twice.
    const both = await Promise.all([sync(thief, some(4), onFirst), sync(thief, some(4), { connection_id: another })]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect((await sync(owner, ['+918011223344'])).status).toBe(404);
  });
});
