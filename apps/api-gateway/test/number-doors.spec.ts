import type { DidKey } from '@dialtone/domain';
import { NUMBER_SPELLINGS } from '@dialtone/testing';
import type { BindingDto } from '../src/bindings/bindings.dto';
import { TestGateway } from './gateway';

const BINDINGS = '/api/v2/voicelink/bindings';
const CALL_READY = '/api/v2/voicelink/call-ready';
const NUMBERS = '/api/v2/phone-numbers';
/** What lists of other carriers may hold. */
const CARRIER_NUMBER = /^\+[1-9]\d{6,14}$/;
const spelled = NUMBER_SPELLINGS.map(({ spelling, key }) => [spelling, key] as const);

describe('a number in any spelling', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const declare = (spelling: string) =>
    gateway.ask('PUT', `${BINDINGS}/${encodeURIComponent(spelling)}`, { body: { agent_id: gateway.tenant.agentId } });

  it.each(spelled)('in a path: %s', async (spelling, key) => {
    const { status, json } = await declare(spelling);
    if (key === null) {
      expect([status, json.error.code, json.error.details]).toEqual([
        400,
        'VALIDATION_ERROR',
        [expect.objectContaining({ field: 'key' })],
      ]);
      expect(json.error.message).toContain('write a number of another country with + and its country code');
      return;
    }
    const { key: declared, phone_number: shown } = json.data as BindingDto;
    expect([status, declared, shown]).toEqual([201, key, `+${key.replace(/^00/, '')}`]);
    expect((await gateway.ask('GET', `${BINDINGS}/${declared}`)).status).toBe(200);
    expect((await gateway.ask('GET', `${BINDINGS}/${encodeURIComponent(shown)}`)).status).toBe(200);
  });

  it('is declared once, however it is spelled the second time', async () => {
    const spellings = ['918011223344', '+91 (0)80 1122 3344', '+91 08011223344', '9108011223344'];
    const statuses = [];
    for (const spelling of spellings) statuses.push((await declare(spelling)).status);
    expect(statuses).toEqual([201, 200, 200, 200]);
    expect(gateway.world.views.size).toBe(1);
  });

  it.each(spelled)('in a body: %s', async (spelling, key) => {
    const { status, json } = await gateway.ask('POST', CALL_READY, { body: { did_number: spelling } });
    if (key === null) expect([status, json.error.details?.[0]?.field]).toEqual([400, 'did_number']);
    else expect(gateway.world.provisioner.asked).toEqual([expect.objectContaining({ did: { key } })]);
  });

  it.each(spelled.filter(([spelling, key]) => key !== null && CARRIER_NUMBER.test(spelling)))(
    'among the numbers of a carrier: %s',
    async (spelling, key) => {
      const { partnerId } = gateway.tenant;
      const stranger = gateway.world.addTenant();
      const taken = { key: key as DidKey, phoneNumber: `+${String(key)}` };
      gateway.world.telephony.addNumber(stranger.partnerId, stranger.connectionId, taken).inboundEnabled = true;
      gateway.world.addConnection(partnerId, { provider: 'vobiz', name: 'Vobiz' });
      const answer = await gateway.ask('POST', `${NUMBERS}/sync`, { body: { provider: 'VOBIZ', numbers: [spelling] } });
      expect([answer.status, answer.json.error.code]).toEqual([409, 'INBOUND_CONFLICT']);
    },
  );

  it('is taken once when a carrier names it twice', async () => {
    gateway.world.addConnection(gateway.tenant.partnerId, { provider: 'vobiz', name: 'Vobiz' });
    const numbers = ['+9108011223344', '+918011223344'];
    const answer = await gateway.ask('POST', `${NUMBERS}/sync`, { body: { provider: 'VOBIZ', numbers } });
    expect(answer.status).toBe(200);
    expect(answer.json.data).toMatchObject({ phone_numbers: [{ phone_number: '+9108011223344' }] });
  });
});
