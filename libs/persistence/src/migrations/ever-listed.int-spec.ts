import { createTestDatabase, type TestDatabase, undoThrough } from '@dialtone/persistence/testing';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../data-source';
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
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    source = await createDataSource({ url: database.ownerUrl, poolSize: 2, applicationName: 'test' }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('says that it was listed, unless nothing ever said so', async () => {
    await undoThrough(source, new EverListed1764440000000());
    await source.query(ROWS);
    await migrate(source);
    const rows = await source.query<{ key: string; listed: string | null }[]>(
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
