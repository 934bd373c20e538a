import { POINTING_CARRIERS, type PointingCarrier } from '@dialtone/carriers';
import { POINTED_PROVIDERS } from '@dialtone/persistence';
import { useGateway } from '../../apps/api-gateway/test/gateway';
import { IVR, PointedNumbers, SHOWN_IVR } from './pointed-numbers';
import { useSimulatedCarriers } from './simulated-carriers';

/** How long a carrier that never answers is waited for, ms. */
const SOON_MS = 800;

it('has one list of carriers that can be told where calls go', () => {
  expect(POINTED_PROVIDERS).toEqual(POINTING_CARRIERS);
});

const shownFor = (provider: PointingCarrier): string =>
  provider === 'twilio' ? SHOWN_IVR : `application 10000000000000001 "Theirs" (${SHOWN_IVR})`;

describe.each(POINTING_CARRIERS)('a number of a simulated %s', (provider) => {
  const { running } = useSimulatedCarriers(25);
  const gateway = useGateway();
  let numbers: PointedNumbers;
  beforeAll(async () => {
    await gateway.app.listen(0, '127.0.0.1');
  });
  beforeEach(() => {
    numbers = PointedNumbers.on(gateway, running(), SOON_MS);
  });
  const point = `${provider}.numbers.point`;
  const strike = (endpoint: string, fault: object): void => {
    running().simulator.faults.add({ endpoint, times: 1, ...fault });
  };
  /** Pointed here, where it pointed elsewhere before. */
  const pointed = async (): Promise<void> => {
    numbers.pointElsewhere(provider);
    await numbers.assign(provider);
    await numbers.turns();
    expect([(await numbers.shown(provider))?.state, numbers.truth(provider)]).toEqual(['pointed', 'ours']);
  };

  it('is pointed here after its partner was told where it pointed before, and given back', async () => {
    numbers.pointElsewhere(provider);
    const before = numbers.pointsTo(provider);
    expect(await numbers.assign(provider)).toMatchObject({
      state: 'pending',
      previous: shownFor(provider),
      error: null,
    });
    expect([numbers.truth(provider), numbers.asked(point)]).toEqual(['theirs', 0]);
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'pointed', previous: shownFor(provider) });
    expect([numbers.truth(provider), numbers.asked(point)]).toEqual(['ours', 1]);
    expect(await numbers.change(provider, { agent_id: null })).toMatchObject({ state: 'pointed' });
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'released', error: null });
    expect([numbers.pointsTo(provider), numbers.asked(point)]).toEqual([before, 2]);
  });

  it('that pointed nowhere points nowhere again', async () => {
    expect(await numbers.assign(provider)).toMatchObject({ state: 'pending', previous: null });
    await numbers.turns();
    expect(numbers.truth(provider)).toBe('ours');
    await numbers.change(provider, { inbound_enabled: false });
    await numbers.turns();
    expect([(await numbers.shown(provider))?.state, numbers.truth(provider)]).toEqual(['released', 'nowhere']);
  });

  it('is not touched while nobody asks for its inbound calls', async () => {
    numbers.pointElsewhere(provider);
    expect(await numbers.change(provider, { agent_id: gateway.tenant.agentId })).toBeUndefined();
    await numbers.turns(3);
    expect([numbers.truth(provider), running().simulator.journal.entries]).toEqual(['theirs', []]);
  });

  it('keeps what somebody has set since, when it is released', async () => {
    await pointed();
    numbers.meddle(provider);
    const theirs = numbers.pointsTo(provider);
    await numbers.change(provider, { agent_id: null });
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({
      state: 'released',
      error: expect.stringContaining('Somebody else') as string,
    });
    expect([numbers.pointsTo(provider), numbers.asked(point)]).toEqual([theirs, 1]);
  });

  it('that somebody has changed between telling and pointing is told again first', async () => {
    await numbers.assign(provider);
    numbers.pointElsewhere(provider);
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'pending', previous: shownFor(provider) });
    expect(numbers.asked(point)).toBe(0);
    await numbers.turns();
    expect(numbers.truth(provider)).toBe('ours');
  });

  it.each<{ name: string; fault: object; writes: number }>([
    { name: 'is not taken, without an answer', fault: { kind: 'timeout_before' }, writes: 2 },
    { name: 'is taken, without an answer', fault: { kind: 'timeout_after' }, writes: 1 },
    { name: 'is cut off', fault: { kind: 'reset_before' }, writes: 2 },
    { name: 'is taken, and cut off', fault: { kind: 'reset_after' }, writes: 1 },
    { name: 'meets 429', fault: { kind: 'rate_limit', retry_after: 7 }, writes: 2 },
    { name: 'meets 503', fault: { kind: 'status', status: 503 }, writes: 2 },
    { name: 'meets a page of HTML', fault: { kind: 'html' }, writes: 2 },
  ])('whose change $name is looked at before it is changed again', async ({ fault, writes }) => {
    await numbers.assign(provider);
    strike(point, fault);
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'pending', error: expect.any(String) as string });
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'pointed', error: null });
    expect([numbers.truth(provider), numbers.asked(point)]).toEqual(['ours', writes]);
  });

  it.each<{ name: string; fault: object; writes: number }>([
    { name: 'is not taken', fault: { kind: 'timeout_before' }, writes: 3 },
    { name: 'is taken, without an answer', fault: { kind: 'timeout_after' }, writes: 2 },
    { name: 'meets 429', fault: { kind: 'rate_limit' }, writes: 3 },
  ])('whose release $name is given back all the same', async ({ fault, writes }) => {
    await pointed();
    strike(point, fault);
    await numbers.change(provider, { agent_id: null });
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'pending' });
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({ state: 'released', error: null });
    expect([numbers.truth(provider), numbers.asked(point)]).toEqual(['theirs', writes]);
  });

  it('is given back when its carrier is there again, also after its connection was disconnected', async () => {
    await pointed();
    running().simulator.faults.add({ endpoint: `${provider}.*`, kind: 'status', status: 503 });
    await gateway.ask('DELETE', `/api/v2/telephony/connections/${numbers.numberOf(provider).connectionId}`);
    await numbers.turns(3);
    expect(await numbers.shown(provider)).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('503') as string,
    });
    expect(numbers.truth(provider)).toBe('ours');
    running().simulator.faults.clear();
    await numbers.turns();
    expect([(await numbers.shown(provider))?.state, numbers.truth(provider)]).toEqual(['released', 'theirs']);
  });

  it('is pointed once its carrier can be asked, and tells before it changes anything', async () => {
    numbers.pointElsewhere(provider);
    strike(`${provider}.numbers.*`, { kind: 'status', status: 503, times: 2 });
    expect(await numbers.assign(provider)).toMatchObject({ state: 'pending', previous: null });
    await numbers.turns();
    expect(numbers.asked(point)).toBe(0);
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({
      state: 'pending',
      previous: shownFor(provider),
      error: null,
    });
    expect(numbers.asked(point)).toBe(0);
    await numbers.turns();
    expect([(await numbers.shown(provider))?.state, numbers.truth(provider)]).toEqual(['pointed', 'ours']);
  });

  it('is said to need help when its account refuses, and when it has no such number', async () => {
    strike(`${provider}.numbers.*`, { kind: 'status', status: 401 });
    expect(await numbers.assign(provider)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('401') as string,
    });
    const [account] = running().simulator.world.accountsOf(provider);
    if (account !== undefined) account.numbers = account.numbers.slice(1);
    await numbers.turns();
    expect(await numbers.shown(provider)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no such number') as string,
    });
  });

  it('names the setting without which no carrier can be told', async () => {
    gateway.world.publicBaseUrl = null;
    expect(await numbers.assign(provider)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('PUBLIC_BASE_URL') as string,
    });
    await numbers.turns();
    expect(running().simulator.requests.size).toBe(0);
  });

  it('gives away no token of the URLs, neither ours nor those that were there', async () => {
    numbers.pointElsewhere(provider);
    strike(point, { kind: 'refused', message: `no: ${numbers.target(provider)} ${IVR}` });
    const seen = [await numbers.assign(provider)];
    await numbers.turns();
    seen.push(await numbers.shown(provider));
    await numbers.turns();
    await numbers.change(provider, { agent_id: null });
    await numbers.turns();
    seen.push(await numbers.shown(provider));
    const token = gateway.world.telephony.pointings.tokenOf(numbers.numberOf(provider).connectionId);
    const text = JSON.stringify([seen, numbers.warnings, running().simulator.journal.entries]);
    expect(text).not.toContain(token);
    expect(JSON.stringify([seen, numbers.warnings])).not.toMatch(/canary/);
  });
});

describe('a Twilio number', () => {
  const { running } = useSimulatedCarriers();
  const gateway = useGateway();
  beforeAll(async () => {
    await gateway.app.listen(0, '127.0.0.1');
  });

  it('on a trunk says so, is taken off it, and put on it again', async () => {
    const numbers = PointedNumbers.on(gateway, running());
    numbers.pointElsewhere('twilio');
    numbers.putOnTrunk('twilio');
    const before = numbers.pointsTo('twilio');
    expect(await numbers.assign('twilio')).toMatchObject({ previous: `trunk TK${'0'.repeat(32)}` });
    await numbers.turns();
    expect(numbers.truth('twilio')).toBe('ours');
    await numbers.change('twilio', { status: 'INACTIVE' });
    await numbers.turns();
    expect(numbers.pointsTo('twilio')).toEqual(before);
  });
});

describe('an application of a connection', () => {
  const { running } = useSimulatedCarriers();
  const gateway = useGateway();
  beforeAll(async () => {
    await gateway.app.listen(0, '127.0.0.1');
  });

  it.each(['plivo', 'vobiz'] as const)(
    'of %s is made once, whatever becomes of the answer, on any page',
    async (provider) => {
      const numbers = PointedNumbers.on(gateway, running(), SOON_MS);
      const [account] = running().simulator.world.accountsOf(provider);
      for (let nth = 0; nth < 45; nth += 1)
        account?.applications.push({ id: String(nth), fields: { app_name: `Other ${String(nth)}`, answer_url: IVR } });
      await numbers.assign(provider);
      running().simulator.faults.add({ endpoint: `${provider}.applications.create`, kind: 'timeout_after', times: 1 });
      await numbers.turns(2);
      expect((await numbers.shown(provider))?.state).toBe('pointed');
      expect([account?.applications.length, numbers.asked(`${provider}.applications.create`)]).toEqual([46, 1]);
    },
  );

  it.each(['plivo', 'vobiz'] as const)(
    'of %s is corrected when the address of this deployment changes',
    async (provider) => {
      const numbers = PointedNumbers.on(gateway, running());
      await numbers.assign(provider);
      await numbers.turns();
      gateway.world.publicBaseUrl = 'https://moved.example.com';
      await numbers.assign(provider);
      await numbers.turns();
      const [account] = running().simulator.world.accountsOf(provider);
      expect(account?.applications.map(({ fields }) => fields['answer_url'])).toEqual([numbers.target(provider)]);
    },
  );

  it('of Vobiz does not take a number off its trunk, and says so', async () => {
    const numbers = PointedNumbers.on(gateway, running());
    numbers.putOnTrunk('vobiz');
    expect(await numbers.assign('vobiz')).toMatchObject({ previous: 'trunk trunk-1' });
    await numbers.turns();
    expect(await numbers.shown('vobiz')).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('take it off the trunk') as string,
    });
    expect(numbers.asked('vobiz.numbers.point')).toBe(0);
  });
});
