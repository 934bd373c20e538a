import type { Section } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import type { ListFilter } from '../ports';

const NUMBER = '918000000001';
const narrow = { narrowAboveRows: 5 };

/** More than five DIDs and bots, so that a single DID is looked up by filter; every list that is asked for is noted. */
const largeAccount = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const bot = bed.remote.addBot(client.id);
  const did = bed.did(NUMBER, { clientId: client.id });
  for (let index = 0; index < 10; index += 1) {
    bed.did(`91800001${String(index).padStart(4, '0')}`);
    bed.remote.addBot(bed.remote.addClient().id);
  }
  await bed.declare(did.key);
  const asked: string[] = [];
  const { upstream } = bed;
  const list = ((section: Section, filter?: ListFilter) => {
    asked.push(filter === undefined ? section : `${section}?${Object.keys(filter).join()}`);
    return upstream.list(section, filter);
  }) as typeof upstream.list;
  const account = withCalls(upstream, { list });
  const engine = bed.engine({ account, settings: narrow });
  await bed.reconcile(engine);
  asked.length = 0;
  return { bed, engine, account, asked, bot, ...did };
};

describe('looking up one DID of a large account', () => {
  it('asks by filter, once it is known to be large, where a filter is known', async () => {
    const { bed, engine, asked, key } = await largeAccount();
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(asked.toSorted()).toEqual(['bots?clientId', 'dids?search', 'routing']);
  });

  it('believes only what a filter shows: what it does not show is looked up in the full list', async () => {
    const { bed, engine, asked, didId, key } = await largeAccount();
    bed.remote.deleteDid(didId);
    await bed.reconcileKey(engine, key);
    expect(asked).toContain('dids');
    expect(await bed.stored(key)).toMatchObject({ state: 'REMOTE_DID_DELETED' });
  });

  it('finds a DID that the filter does not match, because VoiceLink writes it another way', async () => {
    const { bed, account, key } = await largeAccount();
    const list = ((section: Section, filter?: ListFilter) =>
      filter?.search === undefined
        ? account.list(section, filter)
        : Promise.resolve({ status: 'complete', rows: [] })) as typeof account.list;
    const engine = bed.engine({ account: withCalls(account, { list }), settings: narrow });
    await bed.reconcileKey(engine, key);
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
  });
});

describe('many DIDs at the same time', () => {
  it('share their listings', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    bed.remote.addBot(client.id);
    for (let index = 0; index < 50; index += 1) {
      await bed.declare(bed.did(`9180000${String(index).padStart(5, '0')}`, { clientId: client.id }).key, {
        mode: 'observe',
      });
    }
    let lists = 0;
    const { upstream } = bed;
    const list = ((...input: Parameters<typeof upstream.list>) => {
      lists += 1;
      return upstream.list(...input);
    }) as typeof upstream.list;
    await bed.reconcile(bed.engine({ account: withCalls(upstream, { list }) }), 50);
    expect(bed.told.reconciled).toHaveLength(50);
    expect(lists).toBeLessThan(12);
    expect(BED_SETTINGS.narrowAboveRows).toBeGreaterThan(50);
  });
});
