import { undoThrough, useOwner } from '@dialtone/persistence/testing';
import { migrate } from '../migrate';
import { EverListed1764440000000 } from './1764440000000-ever-listed';

const ID = '10000000-0000-4000-8000-000000000001';
const ROWS = `
insert into partners (id, name) values ('${ID}', 'Acme');
insert into connections (id, account_id, partner_id, provider, name, sweep_due_at)
  values ('${ID}', '${ID}', '${ID}', 'voicelink', 'v', 'infinity');
insert into dids (connection_id, key, state, issues, presence, observation) values
  ('${ID}', '911', 'READY', '[]', '{"did":"present","bot":"present","routing":"present"}', '{"did":{"didId":1}}'),
  ('${ID}', '912', 'REMOTE_DID_DELETED', '["REMOTE_DID_DELETED"]', '{"did":"absent","bot":"unknown","routing":"absent"}', '{"did":null}'),
  ('${ID}', '913', 'UNKNOWN', '[]', '{"did":"unknown","bot":"unknown","routing":"unknown"}', '{"did":{"didId":3}}'),
  ('${ID}', '914', 'UNKNOWN', '[]', '{"did":"suspect","bot":"unknown","routing":"absent"}', null),
  ('${ID}', '915', 'UNKNOWN', '[]', '{"did":"present","bot":"unknown","routing":"unknown"}', null);
`;

describe('what an earlier release remembers of a number', () => {
  const owner = useOwner();

  it('says that it was listed, unless nothing ever said so', async () => {
    await undoThrough(owner.source, new EverListed1764440000000());
    await owner.source.query(ROWS);
    await migrate(owner.source);
    const rows = await owner.source.query<{ key: string; listed: string | null }[]>(
      `select key, presence ->> 'everListed' as listed from dids order by key`,
    );
    expect(rows.map(({ key, listed }) => [key, listed])).toEqual([
      ['911', 'true'],
      ['912', 'true'],
      ['913', 'true'],
      ['914', null],
      ['915', 'true'],
    ]);
  });
});
