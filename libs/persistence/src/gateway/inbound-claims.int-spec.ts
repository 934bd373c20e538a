import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { updateOf } from '@dialtone/testing';
import { useTenant } from '@dialtone/persistence/testing';

const tenant = useTenant();
const { postgres, given, connect, addNumber, anotherPartner } = tenant;
const { query } = postgres;
let owner: PartnerId;
let thief: PartnerId;
let mine: ConnectionId;
let theirs: ConnectionId;
beforeEach(async () => {
  owner = tenant.partnerId;
  thief = await anotherPartner();
  mine = await connect('voicelink');
  theirs = await connect('vobiz', thief);
  await query(`update connections set last_verified_at = now()`);
});

const presence = { did: 'present', bot: 'unknown', routing: 'unknown' } as const;
const lists = (id: ConnectionId, ...keys: readonly DidKey[]) =>
  postgres.stores.keyStates.apply(
    id,
    keys.map((key) => updateOf(key, { observation: { presence } })),
    { makeDue: false },
  );
/** The last list lacks the numbers, for the first time. */
const suspect = (memory: { readonly everListed?: true }) =>
  query('update dids set presence = $1', [JSON.stringify({ ...presence, did: 'suspect', ...memory })]);
const claim = async (partnerId: PartnerId, { id }: Awaited<ReturnType<typeof addNumber>>) =>
  (await postgres.stores.inventory.update(partnerId, id, { inboundEnabled: true })).kind;
const takers = async (): Promise<readonly unknown[]> =>
  (await query<{ connection_id: string }>(`select connection_id from phone_numbers where inbound_enabled`)).map(
    (row) => row.connection_id,
  );
const told = async () =>
  (await postgres.events())
    .filter(({ type }) => type === 'dialtone.inbound.lost.v1')
    .map(({ connection_id: id, data }) => ({ id, data }));

describe('a claim that nothing proves', () => {
  it('ends when the partner imports the number from its verified account, at once and in bulk, and its partner is told', async () => {
    const [one, two, spare] = [given(), given(), given()];
    await postgres.stores.inventory.sync({ partnerId: thief, connectionId: theirs, numbers: [one, two, spare] });
    const place = { partnerId: owner, connectionId: mine };
    await postgres.stores.phoneNumbers.import({ ...place, key: one.key, friendlyName: 'x' });
    const keys = [two.key, given().key].toSorted();
    expect(await postgres.stores.phoneNumbers.importAll({ ...place, keys, proven: keys })).toEqual(keys);
    const rows = await postgres.stores.phoneNumbers.rows(mine);
    expect(rows.map(({ inboundEnabled }) => inboundEnabled)).toEqual([true, true, true]);
    expect(await told()).toMatchObject(
      [one, two].map(({ key }) => ({
        id: theirs,
        data: { partner_id: thief, phone_number: `+${key}`, reason: 'proven_elsewhere' },
      })),
    );
    expect(await takers()).toEqual(expect.arrayContaining([theirs, mine]));
  });

  it('does not end by an import of what is listed as expired, or on a connection that is not active any more', async () => {
    const number = given();
    await postgres.stores.inventory.sync({ partnerId: thief, connectionId: theirs, numbers: [number] });
    const place = { partnerId: owner, connectionId: mine };
    await postgres.stores.phoneNumbers.importAll({ ...place, keys: [number.key], proven: [] });
    expect(await postgres.stores.phoneNumbers.rows(mine)).toMatchObject([{ inboundEnabled: false }]);
    const gone = await connect();
    await postgres.stores.connections.disconnect(owner, gone);
    const late = { partnerId: owner, connectionId: gone, key: number.key };
    expect(await postgres.stores.phoneNumbers.import({ ...late, friendlyName: 'x' })).toBeNull();
    expect(await takers()).toEqual([theirs]);
    expect(await told()).toEqual([]);
  });

  it('ends for an import from an account of VoiceLink only once a list is stored, as that account may list it too', async () => {
    const number = given();
    const another = await connect('voicelink', thief);
    await claim(thief, await addNumber(another, number, thief));
    const imports = () =>
      postgres.stores.phoneNumbers.import({
        partnerId: owner,
        connectionId: mine,
        key: number.key,
        friendlyName: 'x',
      });
    await imports();
    expect(await takers()).toEqual([another]);
    await query('delete from phone_numbers where connection_id = $1', [mine]);
    await lists(mine, number.key);
    await imports();
    expect(await takers()).toEqual([mine]);
  });

  it('does not displace one that a list proves, nor one whose list may only have missed the number', async () => {
    const number = given();
    const another = await connect('voicelink', thief);
    await query(`update connections set last_verified_at = now()`);
    const row = await addNumber(another, number, thief);
    await lists(another, number.key);
    await claim(thief, row);
    await suspect({ everListed: true });
    await postgres.stores.phoneNumbers.import({
      partnerId: owner,
      connectionId: mine,
      key: number.key,
      friendlyName: 'x',
    });
    expect(await takers()).toEqual([another]);
  });

  it.each<{ readonly everListed?: true }>([{}, { everListed: true }])(
    'does not end for a number that the last list lacks, whatever lists had before: %j',
    async (memory) => {
      const number = given();
      const row = await addNumber(mine, number);
      await lists(mine, number.key);
      await suspect(memory);
      expect(await claim(thief, await addNumber(theirs, number, thief))).toBe(
        memory.everListed === true ? 'inbound_taken' : 'updated',
      );
      await query('update phone_numbers set inbound_enabled = connection_id = $1', [theirs]);
      expect(await claim(owner, row)).toBe('inbound_taken');
      expect(await takers()).toEqual([theirs]);
      await lists(mine, number.key);
      expect(await claim(owner, row)).toBe('updated');
    },
  );

  it.each(['credentials_refused = true', 'last_verified_at = null', `status = 'DISCONNECTED'`])(
    'is not proven by a list once %s',
    async (change) => {
      const number = given();
      const row = await addNumber(mine, number);
      await lists(mine, number.key);
      await query(`update connections set ${change} where id = $1`, [mine]);
      const stolen = await addNumber(theirs, number, thief);
      expect(await claim(thief, stolen)).toBe('updated');
      if (!change.startsWith('status')) expect(await claim(owner, row)).toBe('inbound_taken');
    },
  );
});

describe('two partners that claim at the same time', () => {
  it('end up with the one for whom it is listed, whoever comes first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const number = given();
      const [held, stolen] = [await addNumber(mine, number), await addNumber(theirs, number, thief)];
      await lists(mine, number.key);
      const acts = [() => claim(owner, held), () => claim(thief, stolen)];
      const order = round % 2 === 0 ? acts : acts.toReversed();
      const kinds = await Promise.all(order.map((act) => act()));
      expect(kinds.toSorted()).toEqual(['inbound_taken', 'updated']);
      expect((await postgres.stores.inventory.find(owner, held.id))?.inboundEnabled).toBe(true);
    }
  });

  it('wait for a claim that is not committed, and then displace it', async () => {
    const number = given();
    const [held, stolen] = [await addNumber(mine, number), await addNumber(theirs, number, thief)];
    const stealing = postgres.dataSource.createQueryRunner();
    await stealing.startTransaction();
    await stealing.query(`update phone_numbers set inbound_enabled = true where id = $1`, [stolen.id]);
    await lists(mine, number.key);
    const claimed = claim(owner, held);
    expect(await Promise.race([claimed, delay(100, 'waits')])).toBe('waits');
    await stealing.commitTransaction();
    await stealing.release();
    expect(await claimed).toBe('updated');
    expect(await takers()).toEqual([mine]);
  });

  it('sync, import, enable and disconnect overlapping numbers in any order without a deadlock; each has one taker', async () => {
    const another = await connect('vobiz', thief);
    for (let round = 0; round < 8; round += 1) {
      const numbers = Array.from({ length: 12 }, () => given());
      const keys = numbers.map(({ key }) => key).toSorted();
      await lists(mine, ...keys.filter((_, nth) => nth % 2 === 0));
      await postgres.stores.inventory.sync({ partnerId: thief, connectionId: theirs, numbers: numbers.slice(0, 6) });
      await Promise.all([
        postgres.stores.inventory.sync({ partnerId: thief, connectionId: theirs, numbers }),
        postgres.stores.inventory.sync({ partnerId: thief, connectionId: another, numbers: numbers.toReversed() }),
        postgres.stores.inventory.sync({ partnerId: owner, connectionId: await connect('plivo'), numbers }),
        postgres.stores.phoneNumbers.importAll({
          partnerId: owner,
          connectionId: mine,
          keys,
          proven: keys.slice(0, 3),
        }),
      ]);
      const doubled = `select key from phone_numbers where inbound_enabled and status = 'ACTIVE' group by key having count(*) > 1`;
      expect(await query(doubled)).toEqual([]);
    }
    await Promise.all([
      postgres.stores.connections.disconnect(thief, theirs),
      postgres.stores.connections.disconnect(thief, another),
    ]);
    expect(await query(`select 1 from phone_numbers where partner_id = $1 and inbound_enabled`, [thief])).toEqual([]);
  });
});

it('ends while a call runs from the number, and the call goes on', async () => {
  const number = given();
  const row = await addNumber(theirs, number, thief);
  const agentId = await postgres.given.agent(thief);
  await postgres.stores.inventory.update(thief, row.id, { agentId, inboundEnabled: true });
  const call = { partnerId: thief, connectionId: theirs, agentId, toNumber: '+919876543210', apiKeyId: 'k' };
  const recorded = await postgres.stores.calls.record(call);
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
  await lists(mine, number.key);
  await claim(owner, await addNumber(mine, number));
  await postgres.stores.calls.noteHandover(recorded.call.id, { kind: 'accepted', carrierId: '7' });
  expect(await query(`select status, handover from calls`)).toEqual([{ status: 'pending', handover: 'accepted' }]);
  // It stays a caller id: only its inbound calls went.
  expect((await postgres.stores.calls.record(call)).kind).toBe('recorded');
});
