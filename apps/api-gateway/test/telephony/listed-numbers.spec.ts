import type { CarrierFailure, ListedNumber } from '@dialtone/carriers';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import { TestGateway } from '../gateway';

const PATH = '/api/v2/phone-numbers/sync';

const listed = (number: string, more: Partial<ListedNumber> = {}): ListedNumber => ({
  id: null,
  number,
  name: null,
  voice: true,
  raw: null,
  ...more,
});

const failure = (more: Partial<CarrierFailure>): CarrierFailure => ({
  reason: 'unavailable',
  httpStatus: 503,
  code: null,
  message: 'Vobiz: list numbers: HTTP 503',
  retryAfterMs: null,
  timedOut: false,
  isOwn: false,
  ...more,
});

describe('a synchronisation without numbers', () => {
  let gateway: TestGateway;
  let vobiz: ConnectionId;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
    vobiz = gateway.world.addConnection(gateway.tenant.partnerId, { provider: 'vobiz', name: 'Vobiz' });
  });
  afterAll(() => gateway.close());

  const sync = (numbers: readonly ListedNumber[], broken: CarrierFailure | null = null) => {
    gateway.world.telephony.carrierListing =
      broken === null
        ? { kind: 'listed', numbers, complete: true }
        : { kind: 'listed', numbers, complete: false, failure: broken };
    return gateway.ask('POST', PATH, { body: { provider: 'VOBIZ' } });
  };
  const add = (key: string) =>
    gateway.world.telephony.addNumber(gateway.tenant.partnerId, vobiz, {
      key: key as DidKey,
      phoneNumber: `+${key}`,
    });

  it('adds what the carrier lists, without inbound calls, and says what it does not list', async () => {
    add('918011223399').friendlyName = 'Mine';
    const known = add('918011223344');
    known.inboundEnabled = true;
    const answer = await sync([
      listed('+918011223344', { name: 'Theirs' }),
      listed('+918011223345', { name: 'New\n' }),
    ]);
    expect([answer.status, answer.json.data]).toMatchObject([
      200,
      {
        synced: 2,
        created: 1,
        complete: true,
        not_listed: ['+918011223399'],
        warnings: [],
        phone_numbers: [
          { phone_number: '+918011223344', inbound_enabled: true, friendly_name: null },
          { phone_number: '+918011223345', inbound_enabled: false, friendly_name: 'New' },
        ],
      },
    ]);
    expect(gateway.world.telephony.numbers.filter((row) => row.connectionId === vobiz)).toHaveLength(3);
    const gone = async () => {
      const { json } = await gateway.ask('GET', '/api/v2/phone-numbers?phone_number=%2B918011223399');
      return (json.data as { readonly phone_numbers: readonly object[] }).phone_numbers[0];
    };
    expect(await gone()).toMatchObject({
      status: 'ACTIVE',
      advisories: [{ code: 'NOT_LISTED', message: expect.stringContaining('does not list this number') as string }],
    });
    await sync([listed('+918011223399')]);
    expect(await gone()).not.toHaveProperty('advisories');
  });

  it.each([
    ['+918011223344', '+918011223344'],
    ['918011223344', '+918011223344'],
    ['08011223344', '+918011223344'],
    ['8011223344', '+918011223344'],
    ['18135401302', '+18135401302'],
  ])('understands %s, as carriers write numbers', async (number, want) => {
    const answer = await sync([listed(number), listed(number)]);
    expect(answer.json.data).toMatchObject({ synced: 1, phone_numbers: [{ phone_number: want }] });
  });

  it('leaves out what has no voice', async () => {
    const answer = await sync([listed('+918011223344', { voice: false }), listed('+918011223345', { voice: null })]);
    expect(answer.json.data).toMatchObject({ phone_numbers: [{ phone_number: '+918011223345' }] });
  });

  it('says which numbers are not understood, and then misses none', async () => {
    add('918011223399');
    const answer = await sync([listed('+918011223344'), listed('ext. <1>')]);
    expect(answer.json.data).toMatchObject({
      synced: 1,
      complete: false,
      not_listed: [],
      warnings: [{ code: 'NUMBER_NOT_READ', message: expect.stringContaining('"ext. <1>"') as unknown }],
    });
  });

  it('imports what was read of a list that breaks off, and misses none', async () => {
    add('918011223399');
    const answer = await sync([listed('+918011223344')], failure({}));
    expect([answer.status, answer.json.data]).toMatchObject([
      200,
      { synced: 1, complete: false, not_listed: [], warnings: [{ code: 'LIST_INCOMPLETE' }] },
    ]);
  });

  it('takes an empty list for one', async () => {
    add('918011223399');
    expect((await sync([])).json.data).toMatchObject({ synced: 0, complete: true, not_listed: ['+918011223399'] });
  });

  it.each([
    [failure({ retryAfterMs: 7_000 }), 503, 'CARRIER_UNAVAILABLE', '7'],
    [failure({ reason: 'unauthorized', httpStatus: 401 }), 502, 'CARRIER_UNAUTHORIZED', undefined],
  ] as const)('fails when nothing could be read: %j', async (broken, status, code, retryAfter) => {
    const answer = await sync([], broken);
    expect([answer.status, answer.json.error.code, answer.headers['retry-after']]).toEqual([status, code, retryAfter]);
    expect(answer.json.error.message).toContain('Vobiz: list numbers');
  });

  it('wants the numbers of a carrier that has no list', async () => {
    gateway.world.telephony.carrierListing = { kind: 'unsupported' };
    gateway.world.addConnection(gateway.tenant.partnerId, { provider: 'mcube', name: 'MCube' });
    const answer = await gateway.ask('POST', PATH, { body: { provider: 'MCUBE' } });
    expect([answer.status, answer.json.error.details]).toEqual([
      400,
      [{ field: 'numbers', message: 'numbers is required: MCube has no list of numbers that could be read.' }],
    ]);
  });

  it('says so when the credentials cannot be used', async () => {
    gateway.world.telephony.carrierListing = { kind: 'unopened' };
    const answer = await gateway.ask('POST', PATH, { body: { provider: 'VOBIZ' } });
    expect([answer.status, answer.json.error.code]).toEqual([503, 'CARRIER_UNAVAILABLE']);
  });

  it('adds no number beyond the quota', async () => {
    gateway.world.quotas.phone_numbers = 1;
    const answer = await sync([listed('+918011223344'), listed('+918011223345')]);
    expect([answer.status, answer.json.error.code]).toEqual([409, 'NUMBER_LIMIT_REACHED']);
  });
});
