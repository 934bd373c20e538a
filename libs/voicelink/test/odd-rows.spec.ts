import { setAsideOf, type Section } from '@dialtone/domain';
import { createVoiceLinkAccount, type HttpVoiceLinkAccount } from '../src';
import { PASSWORD, ScriptedUpstream } from './scripted-upstream';

type Raw = Readonly<Record<string, unknown>>;

let upstream: ScriptedUpstream;
let account: HttpVoiceLinkAccount;

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  account = createVoiceLinkAccount({
    baseUrl: upstream.url,
    credentials: { username: 'reseller', password: PASSWORD },
    readRetry: { retries: 0 },
  });
});
afterEach(async () => {
  await account.close();
  await upstream.stop();
});

const FINE: Readonly<Record<Section, Raw>> = {
  clients: { id: 415 },
  dids: { id: 7, did_number: '918011223344' },
  available_dids: { did_id: 7, did_number: '918011223344' },
  bots: { id: 90, client_id: 415 },
  routing: { id: 20, did_number: '918011223344', did_id: 7 },
};
const PAGED: readonly Section[] = ['dids', 'bots'];

/** As VoiceLink would answer: with a paginator where pages are asked for, else a bare list. */
const answer = (section: Section, rows: readonly unknown[]): void => {
  const list = PAGED.includes(section) ? { data: rows, total: rows.length, last_page: 1 } : rows;
  upstream.script = () => ({
    text: `{"status":true,"data":${JSON.stringify(list).replaceAll('"2^53+1"', '9007199254740993')}}`,
  });
};

const BIG = '2^53+1';
const CASES: readonly {
  readonly section: Section;
  readonly what: string;
  readonly row: unknown;
  readonly want: Raw;
}[] = [
  { section: 'clients', what: 'nulls', row: { id: null, username: null }, want: { identity: null, why: 'no id' } },
  {
    section: 'clients',
    what: 'an id over 2^53',
    row: { id: BIG },
    want: { identity: null, why: 'id cannot be read, id 9007199254740992' },
  },
  {
    section: 'dids',
    what: 'no number',
    row: { id: 8, did_number: null },
    want: { identity: 8, why: 'no did_number, id 8', key: null },
  },
  {
    section: 'dids',
    what: 'an id over 2^53',
    row: { id: BIG, did_number: '918011223355' },
    want: { identity: null, why: 'did_id cannot be read, id 9007199254740992', key: '918011223355' },
  },
  {
    section: 'dids',
    what: 'a garbled number',
    row: { id: 8, did_number: '91801122334455667788' },
    want: { identity: 8, key: null },
  },
  { section: 'dids', what: 'text for a record', row: 'soon', want: { identity: null, why: 'not a record', key: null } },
  {
    section: 'available_dids',
    what: 'no number',
    row: { did_id: 8 },
    want: { identity: 8, why: 'no did_number, id 8', key: null },
  },
  {
    section: 'bots',
    what: 'nulls',
    row: { id: null, bot_name: null, client_id: null, status: null },
    want: { identity: null, why: 'no id', clientId: null },
  },
  {
    section: 'bots',
    what: 'an id over 2^53',
    row: { id: BIG, client_id: '702' },
    want: { identity: null, clientId: 702 },
  },
  { section: 'bots', what: 'a nested client', row: { client: { id: 702 } }, want: { clientId: 702 } },
  {
    section: 'routing',
    what: 'no number',
    row: { id: 21, did_id: 8, did_number: null },
    want: { identity: 21, why: 'no did_number, id 21', key: null, didId: 8 },
  },
  {
    section: 'routing',
    what: 'no id',
    row: { id: 'x', did_number: '+91 80 1122 3355' },
    want: { identity: null, key: '918011223355' },
  },
];

describe('a row that cannot be read', () => {
  it.each(CASES)(
    'of $section, with $what, is set aside, and the list is read to its end',
    async ({ section, row, want }) => {
      answer(section, [row, FINE[section]]);
      const listing = await account.list(section);
      expect(listing).toMatchObject({ status: 'complete', rows: [{ raw: FINE[section] }] });
      expect(setAsideOf(listing)).toMatchObject([want]);
    },
  );

  it('that is a short code is left out, since it can be no declared number', async () => {
    answer('routing', [{ id: 3, did_number: '1800' }, FINE.routing]);
    expect(await account.list('routing')).toEqual({ status: 'complete', rows: [expect.anything()] });
  });

  it('is not one when it is a number of Singapore', async () => {
    const row = { id: 8, did_number: '+6561234567', country_code: '65' };
    answer('dids', [row, FINE.dids]);
    const listing = await account.list('dids');
    expect(listing).toMatchObject({ status: 'complete', rows: [{ raw: row }, { raw: FINE.dids }] });
    expect(setAsideOf(listing)).toEqual([]);
  });

  it('is one of a few: a list that is mostly unreadable is not complete', async () => {
    answer(
      'bots',
      Array.from({ length: 1_001 }, () => ({ id: null })),
    );
    expect(await account.list('bots')).toMatchObject({
      status: 'truncated',
      message: expect.stringContaining('998 more') as string,
    });
  });
});

describe('a row that comes twice in a bare list', () => {
  it('is one row when its records are the same', async () => {
    answer('routing', [FINE.routing, FINE.routing]);
    expect(await account.list('routing')).toEqual({ status: 'complete', rows: [expect.anything()] });
    expect(upstream.calls).toHaveLength(1);
  });

  it('is none when they differ: each number that it names is unknown', async () => {
    const other = { id: 20, did_number: '918011223355', did_id: 8 };
    const third = { id: 22, did_number: '918011223366', did_id: 9 };
    answer('routing', [FINE.routing, third, other]);
    const listing = await account.list('routing');
    expect(listing).toMatchObject({ status: 'complete', rows: [{ raw: third }] });
    const why = 'its id came with different records, id 20';
    expect(setAsideOf(listing)).toMatchObject([
      { identity: 20, key: '918011223344', why },
      { identity: 20, key: '918011223355', why },
    ]);
  });

  it('of two pages is a shift, as ever', async () => {
    upstream.script = () => ({ json: { data: { data: [FINE.bots], total: 2, last_page: 2 } } });
    expect(await account.list('bots')).toMatchObject({ status: 'truncated' });
  });
});

describe('what earlier lists tell of a row that cannot be read', () => {
  const routing = (id: number, number: string | null): Raw => ({ id, did_number: number });

  it('is its number, when it was listed with one', async () => {
    answer('routing', [routing(20, '918011223344'), routing(21, '918011223355')]);
    await account.list('routing');
    for (let times = 0; times < 2; times += 1) {
      answer('routing', [routing(20, null), routing(21, '918011223355')]);
      expect(setAsideOf(await account.list('routing'))).toMatchObject([{ identity: 20, key: '918011223344' }]);
    }
  });

  it('are the numbers that it is not: those that were listed beside it and are not any more', async () => {
    answer('routing', [routing(20, null), routing(21, '918011223355'), routing(22, '918011223366')]);
    await account.list('routing');
    answer('routing', [routing(20, null), routing(22, '918011223366')]);
    for (let times = 0; times < 2; times += 1) {
      const [odd] = setAsideOf(await account.list('routing'));
      expect([...(odd?.beside ?? [])]).toEqual(['918011223355']);
    }
    answer('routing', [routing(20, null), routing(21, '918011223355')]);
    const [odd] = setAsideOf(await account.list('routing'));
    expect([...(odd?.beside ?? [])]).toEqual(['918011223366']);
  });

  it('is nothing when it has no id', async () => {
    answer('routing', [routing(0, null), routing(21, '918011223355')]);
    await account.list('routing');
    answer('routing', [routing(0, null)]);
    const [odd] = setAsideOf(await account.list('routing'));
    expect([odd?.key, odd?.beside.size]).toEqual([null, 0]);
  });
});
