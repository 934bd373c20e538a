import { gzipSync } from 'node:zlib';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount, type UnreadableValue } from '../src';
import { PASSWORD, ScriptedUpstream } from './scripted-upstream';

const BOM = '\ufeff';
const DIDS = { status: true, data: [{ did_id: 7, did_number: '918011223344', expiry_date: '01/02/2027' }] };

let upstream: ScriptedUpstream;
let account: HttpVoiceLinkAccount;
let told: UnreadableValue[];

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  told = [];
  account = createVoiceLinkAccount({
    baseUrl: upstream.url,
    credentials: { username: 'reseller', password: PASSWORD },
    readRetry: { retries: 0 },
    onUnreadable: (value) => told.push(value),
  });
});
afterEach(async () => {
  await account.close();
  await upstream.stop();
});

const answering = (text: string | Buffer): void => {
  upstream.script = () => ({ text });
};

describe('an answer that is half read', () => {
  it('is read behind a byte order mark, in lists, logins and writes', async () => {
    upstream.loginScript = () => ({ text: `${BOM}${JSON.stringify({ status: true, data: { access_token: 't' } })}` });
    answering(`${BOM}${JSON.stringify({ status: true, data: [{ id: 7 }] })}`);
    expect(await account.list('clients')).toMatchObject({ status: 'complete', rows: [{ id: 7 }] });
    answering(`${BOM}${JSON.stringify({ status: true, data: { id: 58 } })}`);
    const bot = { clientId: 7, name: 'main', websocketUrl: 'wss://x.example/ws', active: true };
    expect(await account.createBot(bot)).toEqual({ kind: 'accepted', id: 58 });
  });

  it('is read as a list when PHP sends an object of rows', async () => {
    answering('{"status":true,"data":{"0":{"id":1},"2":{"id":3}}}');
    expect(await account.list('clients')).toMatchObject({ status: 'complete', rows: [{ id: 1 }, { id: 3 }] });
  });

  it('is not complete when its total cannot be read', async () => {
    answering('{"data":{"data":[{"id":1}],"total":"many","last_page":1}}');
    expect(await account.list('bots')).toMatchObject({
      status: 'truncated',
      rows: [{ id: 1 }],
      message: 'where the list ends cannot be read: total is "many"',
    });
  });

  it.each([
    { text: '<!DOCTYPE html><title>Just a moment...</title>', what: 'HTML, "Just a moment..."' },
    { text: `<b>Notice</b>: x\n${JSON.stringify(DIDS)}`, what: 'text before the JSON, "Notice : x"' },
    { text: gzipSync(JSON.stringify(DIDS)), what: 'gzip, which was not asked for' },
    { text: JSON.stringify(DIDS).slice(0, 40), what: 'it is broken or breaks off' },
    { text: '', what: 'it is empty' },
  ])('is not read, and its warning says what came: $what', async ({ text, what }) => {
    answering(text);
    expect(await account.list('clients')).toMatchObject({
      status: 'failed',
      rows: [],
      message: `GET /v1/reseller/clients: HTTP 200: the answer is not JSON: ${what}`,
    });
  });

  it('tells of a value that is not understood when its record is new or has changed, and not again', async () => {
    answering(JSON.stringify(DIDS));
    const value = { section: 'available_dids', field: 'expiry_date', id: 7, shape: '"01/02/2027"' };
    await account.list('available_dids');
    await account.list('available_dids');
    expect(told).toEqual([value]);
    answering(JSON.stringify({ data: [...DIDS.data, { did_id: 8, did_number: '918011223355' }] }));
    await account.list('available_dids');
    expect(told).toEqual([value]);
  });
});
