import { undoThrough, useOwner } from '@dialtone/persistence/testing';
import { migrate } from '../migrate';
import { AccountLists1764490000000 } from './1764490000000-account-lists';

const idOf = (nth: number): string => `10000000-0000-4000-8000-00000000000${String(nth)}`;
const [PARTNER, OTHER] = [idOf(1), idOf(2)] as const;
const [FIRST, SECOND, STRANGER] = [idOf(3), idOf(4), idOf(5)] as const;
/** What the release before has stored of two connections of one partner, and of one of another, on one account. */
const ROWS = `
insert into partners (id, name) values ('${PARTNER}', 'Acme'), ('${OTHER}', 'Other');
insert into connections (id, account_id, partner_id, provider, name, sweep_due_at) values
  ('${FIRST}', '${FIRST}', '${PARTNER}', 'voicelink', 'a', 'infinity'),
  ('${SECOND}', '${FIRST}', '${PARTNER}', 'voicelink', 'b', 'infinity'),
  ('${STRANGER}', '${FIRST}', '${OTHER}', 'voicelink', 'c', 'infinity');
insert into list_memories (connection_id, section, version, memory, suspect_since, whole_at) values
  ('${FIRST}', 'bots', 7, '{"listed":["1"],"missing":[],"confirmed":null,"suspectSince":null,"clients":{}}', null, null),
  ('${SECOND}', 'bots', 7, '{"listed":["1"],"missing":[
     {"rows":["2","3"],"since":5,"lists":3,"countedAt":6,"held":true},{"rows":["4"],"since":6,"lists":1,"countedAt":6,"held":false}],
     "confirmed":null,"suspectSince":5,"clients":{"2":9}}', to_timestamp(5), null),
  ('${STRANGER}', 'bots', 7, '{"listed":[],"missing":[],"confirmed":null,"suspectSince":null,"clients":{}}', null, null),
  ('${FIRST}', 'clients', 2, '{"listed":["9"],"missing":[],"confirmed":null,"suspectSince":null,"clients":{}}', null, to_timestamp(4));
`;

describe('what an earlier release remembers of the lists of its connections', () => {
  const owner = useOwner();

  it('is that of the account, for each partner, from the connection that knows most', async () => {
    await undoThrough(owner.source, new AccountLists1764490000000());
    await owner.source.query(ROWS);
    await migrate(owner.source);
    const rows = await owner.source.query<Record<string, unknown>[]>(
      `select account_id, partner_id, section, memory -> 'missing' as missing, memory -> 'clients' as clients,
              extract(epoch from suspect_since)::int as suspect, extract(epoch from whole_at)::int as whole
         from account_lists order by partner_id, section`,
    );
    const account = { account_id: FIRST, partner_id: PARTNER };
    expect(rows).toEqual([
      {
        ...{ ...account, section: 'bots', clients: { '2': 9 }, suspect: 5, whole: null },
        missing: [
          { rows: ['2', '3'], since: 5, lists: 3, countedAt: 6, heldOn: SECOND },
          { rows: ['4'], since: 6, lists: 1, countedAt: 6, heldOn: null },
        ],
      },
      { ...account, section: 'clients', missing: [], clients: {}, suspect: null, whole: 4 },
      { ...account, partner_id: OTHER, section: 'bots', missing: [], clients: {}, suspect: null, whole: null },
    ]);
    const versions = await owner.source.query<{ version: string }[]>('select distinct version from account_lists');
    expect(versions).toHaveLength(rows.length);
  });
});
