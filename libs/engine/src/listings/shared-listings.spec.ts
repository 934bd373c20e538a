import type { Listing, RemoteBot } from '@dialtone/domain';
import { SharedListings } from './shared-listings';
import type { ListFilter, ListTurn, VoiceLinkAccount } from '../ports';

type BotListing = Listing<RemoteBot>;

/** An account whose listings end when the test says so. */
const pausedAccount = () => {
  const started: {
    readonly turn: ListTurn | undefined;
    readonly end: (listing?: BotListing) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const list = (_: 'bots', __?: ListFilter, turn?: ListTurn): Promise<BotListing> => {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    return new Promise<BotListing>((resolve, reject) => {
      started.push({
        turn,
        end: (listing = { status: 'complete', rows: [] }) => {
          resolve(listing);
        },
        fail: reject,
      });
    }).finally(() => {
      running -= 1;
    });
  };
  const account = { list } as unknown as VoiceLinkAccount;
  const listings = new SharedListings(account);
  return { listings, started, mostAtOnce: () => mostAtOnce };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SharedListings', () => {
  it('gives every caller a listing that was started after the call', async () => {
    const { listings, started } = pausedAccount();
    const first = listings.read('bots');
    await settle();
    const during = listings.read('bots');
    started[0]?.end({ status: 'complete', rows: [{ id: 1 } as RemoteBot] });
    expect((await first).rows).toEqual([{ id: 1 }]);
    await settle();
    started[1]?.end({ status: 'complete', rows: [{ id: 2 } as RemoteBot] });
    expect((await during).rows).toEqual([{ id: 2 }]);
  });

  it('shares a listing that waits for its turn with who calls before it is asked for, and with nobody later', async () => {
    const { listings, started } = pausedAccount();
    const first = listings.read('bots');
    await settle();
    started[0]?.turn?.waits();
    const before = listings.read('bots');
    started[0]?.turn?.sent();
    const after = listings.read('bots');
    started[0]?.end({ status: 'complete', rows: [{ id: 1 } as RemoteBot] });
    expect([(await first).rows, (await before).rows]).toEqual([[{ id: 1 }], [{ id: 1 }]]);
    await settle();
    started[1]?.end({ status: 'complete', rows: [{ id: 2 } as RemoteBot] });
    expect((await after).rows).toEqual([{ id: 2 }]);
    expect(started).toHaveLength(2);
  });

  it('shares one listing between all who call while another one runs', async () => {
    const { listings, started } = pausedAccount();
    const first = listings.read('bots');
    await settle();
    const waiting = Array.from({ length: 1_000 }, () => listings.read('bots'));
    started[0]?.end();
    await first;
    await settle();
    started[1]?.end();
    await Promise.all(waiting);
    expect(started).toHaveLength(2);
  });

  it('runs one listing of a section at a time, whenever calls come', async () => {
    const { listings, started, mostAtOnce } = pausedAccount();
    const reads: Promise<BotListing>[] = [];
    // Each end of a listing is followed by calls in every microtask around the start of the next one.
    for (let round = 0; round < 20; round += 1) {
      reads.push(listings.read('bots'));
      await settle();
      reads.push(listings.read('bots'));
      started.at(-1)?.end();
      for (let tick = 0; tick < 12; tick += 1) {
        reads.push(listings.read('bots'));
        await Promise.resolve();
      }
    }
    for (let left = 0; left < 4; left += 1) {
      started.at(-1)?.end();
      await settle();
    }
    await Promise.all(reads);
    expect(mostAtOnce()).toBe(1);
  });

  it('keeps sections apart', async () => {
    const { listings, started } = pausedAccount();
    const reads = [listings.read('bots'), listings.read('routing')];
    await settle();
    expect(started).toHaveLength(2);
    for (const { end } of started) end();
    await Promise.all(reads);
  });

  it('lists anew after a listing that could not be started', async () => {
    const { listings, started } = pausedAccount();
    const first = listings.read('bots');
    await settle();
    const second = listings.read('bots');
    started[0]?.fail(new Error('store away'));
    await expect(first).rejects.toThrow('store away');
    await settle();
    started[1]?.end();
    expect((await second).status).toBe('complete');
  });

  it('knows how many rows the last complete listing had, and learns nothing from others', async () => {
    const { listings, started } = pausedAccount();
    expect(listings.rows('bots')).toBeNull();
    const read = async (listing: BotListing): Promise<void> => {
      const reading = listings.read('bots');
      await settle();
      started.at(-1)?.end(listing);
      await reading;
      await settle();
    };
    await read({ status: 'complete', rows: [{} as RemoteBot, {} as RemoteBot] });
    expect(listings.rows('bots')).toBe(2);
    await read({ status: 'truncated', rows: [{} as RemoteBot], message: 'half' });
    await read({ status: 'failed', rows: [], message: 'HTTP 500' });
    expect(listings.rows('bots')).toBe(2);
  });
});
