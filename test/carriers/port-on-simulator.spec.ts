import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import { openOn, orderOn, useSimulatedCarriers } from './simulated-carriers';

/** The field that a wrong value makes useless; MCube and SIP have no request that would tell. */
const SECRETS: Readonly<Record<'twilio' | 'plivo' | 'vobiz' | 'exotel' | 'tata_smartflo', string>> = {
  twilio: 'auth_token',
  plivo: 'auth_token',
  vobiz: 'auth_token',
  exotel: 'api_token',
  tata_smartflo: 'tata_password',
};
const VERIFIABLE = Object.keys(SECRETS) as (keyof typeof SECRETS)[];
const RING_MS = 300;
const ANSWER_MS = 1_000;
const TALK_MS = 3_000;

/** Before ringing, while it rings, while it is answered, at the end. A read of Exotel's calls its waiting calls in-progress too. */
const STATES: Readonly<Record<CarrierName, readonly string[]>> = {
  twilio: ['pending', 'ringing', 'in_progress', 'completed'],
  plivo: ['pending', 'ringing', 'in_progress', 'completed'],
  vobiz: ['pending', 'ringing', 'in_progress', 'completed'],
  exotel: ['pending', 'ringing', 'pending', 'completed'],
  tata_smartflo: ['not_found', 'not_found', 'not_found', 'completed'],
  mcube: ['unsupported', 'unsupported', 'unsupported', 'unsupported'],
  sip: ['pending', 'ringing', 'in_progress', 'completed'],
};
const OUTCOMES: Readonly<Partial<Record<CarrierName, string>>> = { mcube: 'unsupported' };

describe('the port on simulated carriers', () => {
  const { running, receiver } = useSimulatedCarriers(1_001);
  const advance = (ms: number): Promise<void> => running().simulator.advance(ms);
  const stateOf = async (name: CarrierName, id: string): Promise<string> => {
    const reading = await openOn(running(), name).readCall(id);
    return reading.kind === 'known' ? reading.state : reading.kind;
  };
  const placed = async (name: CarrierName): Promise<string> => {
    const placement = await openOn(running(), name).placeCall(orderOn(running(), receiver(), name));
    if (placement.kind !== 'accepted') throw new Error(JSON.stringify(placement));
    return placement.carrierId;
  };

  it.each(VERIFIABLE)('%s takes good credentials and refuses wrong ones', async (name) => {
    expect(await openOn(running(), name).verify()).toEqual({ kind: 'verified' });
    const wrong = openOn(running(), name, { more: { [SECRETS[name]]: 'canary-wrong' } });
    expect(await wrong.verify()).toMatchObject({ kind: 'refused', failure: { reason: 'unauthorized' } });
    expect(await wrong.placeCall(orderOn(running(), receiver(), name))).toMatchObject({
      kind: name === 'tata_smartflo' ? 'accepted' : 'refused',
    });
  });

  it.each(VERIFIABLE)('%s lists all numbers, over all pages', async (name) => {
    const listing = await openOn(running(), name).listNumbers();
    expect(listing).toMatchObject({ kind: 'listed', complete: true });
    const numbers = listing.kind === 'listed' ? listing.numbers.map(({ number }) => number) : [];
    const known = running().simulator.world.accountsOf(name)[0]?.numbers ?? [];
    expect(numbers).toHaveLength(1_001);
    expect(numbers.map((number) => number.slice(-10))).toEqual(known.map(({ number }) => number.slice(-10)));
  });

  it.each(VERIFIABLE)('%s whose list breaks off on a later page says so', async (name) => {
    const skip = name === 'twilio' || name === 'plivo' || name === 'vobiz' || name === 'exotel' ? 1 : 0;
    running().simulator.faults.add({ endpoint: `${name}.numbers.list`, kind: 'status', status: 503, skip });
    expect(await openOn(running(), name).listNumbers()).toMatchObject({ kind: 'listed', complete: false });
  });

  it.each(CARRIER_NAMES)('%s places one call, which is read until its end', async (name) => {
    const id = await placed(name);
    expect(running().simulator.world.calls).toHaveLength(1);
    const seen: string[] = [];
    for (const ms of [0, RING_MS, ANSWER_MS, TALK_MS]) {
      await advance(ms);
      seen.push(await stateOf(name, id));
    }
    expect(seen).toEqual(STATES[name]);
  });

  it.each(CARRIER_NAMES.filter((name) => name !== 'exotel'))('%s ends a call', async (name) => {
    const id = await placed(name);
    await advance(RING_MS + ANSWER_MS);
    expect(await openOn(running(), name).endCall(id)).toEqual({ kind: 'ended' });
    expect(running().simulator.world.calls).toMatchObject([{ phase: 'completed' }]);
  });

  it.each(CARRIER_NAMES)('%s shows what its call came to', async (name) => {
    for (const outcome of ['busy', 'no_answer', 'failed'] as const) {
      running().simulator.options = { ...running().simulator.options, outcome };
      const id = await placed(name);
      await advance(RING_MS + ANSWER_MS);
      expect([outcome, await stateOf(name, id)]).toEqual([outcome, OUTCOMES[name] ?? outcome]);
    }
  });
});
