import type { ConnectionId } from '@dialtone/domain';
import { AccountPool, type HttpVoiceLinkAccount } from '../src';
import type { AccessSource } from '../src/account-pool';
import { PASSWORD, ScriptedUpstream } from './scripted-upstream';

const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' as ConnectionId;
const OTHER = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a21' as ConnectionId;
const CALL = { from: '918011223344', to: '919876543210', parameters: {} };

describe('AccountPool', () => {
  let upstream: ScriptedUpstream;
  let pool: AccountPool;
  let access: Awaited<ReturnType<AccessSource['access']>>;
  let isAway = false;
  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    access = { baseUrl: upstream.url, credentials: { username: 'reseller', password: PASSWORD } };
    pool = new AccountPool({
      source: { access: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(access)) },
      allowedBaseUrls: [upstream.url],
      account: { readRetry: { retries: 0 } },
    });
  });
  afterEach(async () => {
    await pool.close();
    await upstream.stop();
  });

  const open = async (): Promise<HttpVoiceLinkAccount> => {
    const account = await pool.open(ID);
    if (account === null) throw new Error('there is access');
    return account;
  };
  const withPassword = (password: string) => ({
    baseUrl: upstream.url,
    credentials: { username: 'reseller', password },
  });
  const NOT_SENT = { kind: 'refused', failure: { class: 'unavailable', httpStatus: null } };

  it('opens one account for as long as the credentials stay the same', async () => {
    const account = await open();
    expect(await open()).toBe(account);
    access = withPassword('another');
    expect(await open()).not.toBe(account);
    access = null;
    expect(await pool.open(ID)).toBeNull();
  });

  it('opens no account at an address that is not allowed', async () => {
    access = { baseUrl: 'http://127.0.0.1:9', credentials: { username: 'reseller', password: PASSWORD } };
    expect(await pool.open(ID)).toBeNull();
  });

  it.each(['disconnected', 'given other credentials'])(
    'sends nothing more for a connection that was %s while it was logging in',
    async (what) => {
      const account = await open();
      upstream.loginScript = () => {
        access = what === 'disconnected' ? null : withPassword('another');
        return { json: { status: true, data: { access_token: 'late' } } };
      };
      expect(await account.placeCall(CALL)).toMatchObject(NOT_SENT);
      expect(await account.list('clients')).toMatchObject({ status: 'failed' });
      expect(upstream.calls).toEqual([]);
    },
  );

  it('sends nothing more between the pages of a list', async () => {
    upstream.script = () => {
      access = null;
      return {
        json: { status: true, data: { data: [{ id: 1 }], total: 5, per_page: 1, current_page: 1, last_page: 5 } },
      };
    };
    expect(await (await open()).list('bots')).toMatchObject({ status: 'truncated' });
    expect(upstream.calls).toHaveLength(1);
  });

  describe('sure of a connection for a while', () => {
    const asked: ConnectionId[] = [];
    const page = (nth: number) => ({
      json: { status: true, data: { data: [{ id: nth }], total: 3, per_page: 1, current_page: nth, last_page: 3 } },
    });
    let source: AccessSource;
    let sure: AccountPool;
    beforeEach(() => {
      asked.length = 0;
      source = { access: (id) => (asked.push(id), Promise.resolve(access)) };
      sure = new AccountPool({ source, allowedBaseUrls: [upstream.url], account: {}, sureForMs: 60_000 });
    });
    afterEach(() => sure.close());
    const listWhile = async (meanwhile: (nth: number) => void) => {
      let nth = 0;
      upstream.script = () => {
        meanwhile((nth += 1));
        return page(nth);
      };
      const account = await sure.open(ID);
      return account?.list('bots');
    };

    it('asks once for the pages of a list', async () => {
      expect(await listWhile(() => undefined)).toMatchObject({ status: 'complete' });
      expect(asked).toHaveLength(2);
      expect(upstream.calls).toHaveLength(3);
    });

    it.each(['disconnected', 'given other credentials'])(
      'sends no further page when it is woken after the connection was %s',
      async (what) => {
        const listing = await listWhile(() => {
          access = what === 'disconnected' ? null : withPassword('another');
          sure.wake();
        });
        expect(listing).toMatchObject({ status: 'truncated' });
        expect(upstream.calls).toHaveLength(1);
      },
    );

    it('takes no answer for sure whose question came before it was woken', async () => {
      const account = await sure.open(ID);
      await account?.login();
      const known = access;
      source.access = () => {
        sure.wake();
        access = null;
        source.access = () => Promise.resolve(access);
        return Promise.resolve(known);
      };
      upstream.script = () => page(1);
      expect(await account?.list('bots')).toMatchObject({ status: 'truncated' });
      expect(upstream.calls).toHaveLength(1);
    });

    it('asks before each write', async () => {
      const account = await sure.open(ID);
      upstream.script = () => ({ status: 201, json: { status: true, data: { outbound_queue_id: 7 } } });
      for (let nth = 0; nth < 2; nth += 1) expect(await account?.placeCall(CALL)).toMatchObject({ kind: 'accepted' });
      access = null;
      expect(await account?.placeCall(CALL)).toMatchObject(NOT_SENT);
      expect(upstream.calls).toHaveLength(2);
    });
  });

  it('sends nothing when it cannot be found out whether it may', async () => {
    const account = await open();
    isAway = true;
    expect(await account.placeCall(CALL)).toMatchObject(NOT_SENT);
    isAway = false;
    expect((await account.placeCall(CALL)).kind).toBe('accepted');
    expect(upstream.calls).toHaveLength(1);
  });

  it('waits for what is in flight when the credentials change, and opens anew at once', async () => {
    const { promise: release, resolve } = Promise.withResolvers<undefined>();
    const arrived = Promise.withResolvers<undefined>();
    upstream.script = async () => {
      arrived.resolve(undefined);
      await release;
      return { status: 201, json: { status: true, data: { outbound_queue_id: 7 } } };
    };
    const old = await open();
    const placed = old.placeCall(CALL);
    await arrived.promise;
    access = withPassword('another');
    await open();
    resolve(undefined);
    expect(await placed).toEqual({ kind: 'accepted', id: 7 });
    expect(await old.placeCall(CALL)).toMatchObject(NOT_SENT);
  });

  it('gives up the account of a connection that is gone when another one is opened, and no other', async () => {
    const gone = new Set<string>();
    const source = { access: (id: ConnectionId) => Promise.resolve(gone.has(id) ? null : access) };
    const many = new AccountPool({ source, allowedBaseUrls: [upstream.url], account: {}, idleMs: 0 });
    const [first, second] = [await many.open(ID), await many.open(OTHER)];
    gone.add(ID);
    await many.open(OTHER);
    await new Promise(setImmediate);
    expect([await first?.login(), await second?.login()]).toMatchObject([
      { kind: 'refused', failure: { message: expect.stringContaining('client closed') as string } },
      { kind: 'ok' },
    ]);
    expect(await many.open(OTHER)).toBe(second);
    await many.close();
  });

  it('looks only after those that nobody has opened for a while', async () => {
    const asked: ConnectionId[] = [];
    const source = { access: (id: ConnectionId) => Promise.resolve((asked.push(id), access)) };
    const many = new AccountPool({ source, allowedBaseUrls: [upstream.url], account: {} });
    await many.open(ID);
    for (let nth = 0; nth < 3; nth += 1) await many.open(OTHER);
    expect(asked).toEqual([ID, OTHER, OTHER, OTHER]);
    await many.close();
  });

  it('ends what is in flight when it is closed, also on accounts that are not open any more', async () => {
    upstream.script = () => 'hang';
    const placed = (await open()).placeCall(CALL);
    while (upstream.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    access = withPassword('another');
    await open();
    await pool.close();
    expect(await placed).toMatchObject({ kind: 'unknown' });
  });
});
