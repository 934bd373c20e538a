import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { updateOf } from '@dialtone/testing';
import type { PhoneNumberRow, TelephonyProvider } from '../../src';
import { given, type TelephonyWorld } from './telephony-world';

/** A partner with one connection. */
interface Party {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
}

interface Acts {
  /** A partner whose VoiceLink login is verified, or one with an account that nobody has looked into. */
  party(provider: TelephonyProvider, isVerified: boolean): Promise<Party>;
  /** What VoiceLink lists for the party. */
  lists(party: Party, key: DidKey, issues?: readonly 'REMOTE_DID_EXPIRED'[]): Promise<void>;
  row(party: Party, key: DidKey): Promise<PhoneNumberRow>;
  claim(party: Party, row: PhoneNumberRow): Promise<string>;
  read(party: Party, row: PhoneNumberRow): Promise<PhoneNumberRow | null>;
}

/** The part of the contract of PhoneNumberInventory that is about who may take the inbound calls of a number. */
export const describeInboundClaims = (world: TelephonyWorld): void => {
  const acts: Acts = {
    party: async (provider, isVerified) => {
      const partnerId = await world.given.partner();
      const { id: connectionId } = await world.stores.connections.create({
        partnerId,
        provider,
        name: provider,
        baseUrl: null,
        credentials: { username: 'u', password: 'p' },
        ...(isVerified && { verification: { kind: 'verified' } }),
      });
      return { partnerId, connectionId };
    },
    lists: ({ connectionId }, key, issues = []) =>
      world.given.saw(
        connectionId,
        updateOf(key, { issues, observation: { presence: { did: 'present', bot: 'unknown', routing: 'unknown' } } }),
      ),
    row: ({ partnerId, connectionId }, key) => world.addNumber(connectionId, { ...given(key), partnerId }),
    claim: async ({ partnerId }, row) =>
      (await world.stores.inventory.update(partnerId, row.id, { inboundEnabled: true })).kind,
    read: ({ partnerId }, row) => world.stores.inventory.find(partnerId, row.id),
  };
  describeProof(world, acts);
  describeLoss(world, acts);
};

const describeProof = (world: TelephonyWorld, { party, lists, row, claim, read }: Acts): void => {
  it('takes a number from an invented account for the partner whose carrier lists it', async () => {
    const { key } = given();
    const [owner, thief] = [await party('voicelink', true), await party('vobiz', true)];
    const [mine, stolen] = [await row(owner, key), await row(thief, key)];
    expect(await claim(thief, stolen)).toBe('updated');
    expect(await claim(owner, mine)).toBe('inbound_taken');
    await lists(owner, key);
    expect(await claim(owner, mine)).toBe('updated');
    expect(await read(thief, stolen)).toMatchObject({ status: 'ACTIVE', inboundEnabled: false });
    expect(await claim(thief, stolen)).toBe('inbound_taken');
    expect(await read(owner, mine)).toMatchObject({ inboundEnabled: true, inboundLoss: null });
  });

  it.each<[string, TelephonyProvider, boolean]>([
    ['another carrier', 'vobiz', true],
    ['a VoiceLink login that is not verified', 'voicelink', false],
    ['a VoiceLink login that does not list it', 'voicelink', true],
  ])(
    'does not let %s take, enable, activate or sync what VoiceLink lists for another partner',
    async (_, provider, isVerified) => {
      const { inventory } = world.stores;
      const { key } = given();
      const [owner, stranger] = [await party('voicelink', true), await party(provider, isVerified)];
      await lists(owner, key);
      const theirs = await row(stranger, key);
      expect(await claim(stranger, theirs)).toBe('inbound_taken');
      const { partnerId } = stranger;
      await inventory.update(partnerId, theirs.id, { status: 'INACTIVE' });
      expect((await inventory.update(partnerId, theirs.id, { inboundEnabled: true })).kind).toBe('updated');
      expect((await inventory.update(partnerId, theirs.id, { status: 'ACTIVE' })).kind).toBe('inbound_taken');
      await inventory.update(partnerId, theirs.id, { inboundEnabled: false, status: 'ACTIVE' });
      const [free, numbers] = [given(), [given(key)]];
      expect(await inventory.sync({ ...stranger, numbers })).toEqual({ kind: 'inbound_taken', key });
      const synced = await inventory.sync({ ...stranger, numbers: [...numbers, free] });
      expect(synced).toMatchObject({ kind: 'synced', rows: [{ key: free.key }], taken: [key] });
      expect(await claim(owner, await row(owner, key))).toBe('updated');
    },
  );

  it('leaves a number with the first of two for whom it is listed', async () => {
    const { key } = given();
    const [first, second] = [await party('voicelink', true), await party('voicelink', true)];
    for (const one of [first, second]) await lists(one, key);
    const [held, wanted] = [await row(first, key), await row(second, key)];
    expect(await claim(first, held)).toBe('updated');
    expect(await claim(second, wanted)).toBe('inbound_taken');
    expect(await read(first, held)).toMatchObject({ inboundEnabled: true });
  });

  it('proves a number for all connections of the partner, and displaces nothing within one', async () => {
    const { inventory } = world.stores;
    const { key } = given();
    const [owner, thief] = [await party('voicelink', true), await party('vobiz', true)];
    const sip = { partnerId: owner.partnerId, connectionId: await world.connect('sip', owner.partnerId) };
    const stolen = await row(thief, key);
    await claim(thief, stolen);
    await lists(owner, key);
    expect((await inventory.sync({ ...sip, numbers: [given(key)] })).kind).toBe('synced');
    expect(await read(thief, stolen)).toMatchObject({ inboundEnabled: false });
    expect(await claim(owner, await row(owner, key))).toBe('inbound_taken');
  });

  it.each<[string, (world: TelephonyWorld, acts: { owner: Party; key: DidKey }) => Promise<unknown>]>([
    ['expired', (_, { owner, key }) => lists(owner, key, ['REMOTE_DID_EXPIRED'])],
    [
      'listed on a connection that was disconnected',
      async ({ stores }, { owner, key }) => {
        await lists(owner, key);
        await stores.connections.disconnect(owner.partnerId, owner.connectionId);
      },
    ],
  ])('takes no number as proven that is %s', async (_, end) => {
    const { key } = given();
    const [owner, other] = [await party('voicelink', true), await party('vobiz', true)];
    await end(world, { owner, key });
    expect(await claim(other, await row(other, key))).toBe('updated');
  });
};

const describeLoss = (world: TelephonyWorld, { party, lists, row, claim, read }: Acts): void => {
  const displaced = async () => {
    const { key } = given();
    const [owner, thief] = [await party('voicelink', true), await party('vobiz', true)];
    const stolen = await row(thief, key);
    await claim(thief, stolen);
    await lists(owner, key);
    const mine = await row(owner, key);
    await claim(owner, mine);
    return { owner, mine, thief, stolen };
  };

  it('says since when and why a number lost its inbound calls, until its partner answers', async () => {
    const { inventory } = world.stores;
    const { owner, mine, thief, stolen } = await displaced();
    const lost = { inboundLoss: { reason: 'proven_elsewhere', since: expect.any(Date) as Date } };
    expect(await read(thief, stolen)).toMatchObject(lost);
    const renamed = await inventory.update(thief.partnerId, stolen.id, { friendlyName: 'x' });
    expect(renamed).toMatchObject({ row: lost });
    const answered = await inventory.update(thief.partnerId, stolen.id, { inboundEnabled: false });
    expect(answered).toMatchObject({ row: { inboundLoss: null, inboundEnabled: false } });
    expect(await read(owner, mine)).toMatchObject({ inboundLoss: null });
  });

  it('lets an operator end any claim, once, after which the number is free', async () => {
    const { inventory } = world.stores;
    const { key } = given();
    const [first, second] = [await party('plivo', true), await party('vobiz', true)];
    const [held, wanted] = [await row(first, key), await row(second, key)];
    expect(await inventory.release(key)).toBeNull();
    await claim(first, held);
    expect(await inventory.release(key)).toEqual({ id: held.id, ...first });
    expect(await inventory.release(key)).toBeNull();
    expect(await read(first, held)).toMatchObject({ inboundEnabled: false, inboundLoss: { reason: 'released' } });
    expect(await claim(second, wanted)).toBe('updated');
    await inventory.release(key);
    expect(await claim(first, held)).toBe('updated');
    expect(await read(first, held)).toMatchObject({ inboundEnabled: true, inboundLoss: null });
  });
};
