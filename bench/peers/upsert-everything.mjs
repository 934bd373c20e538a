import pg from 'pg';
import { pagesOf, rowsIn, voicelinkClient } from './voicelink.mjs';
import { offerWork } from './work.mjs';

const TABLE = `create table if not exists upserted (list text, id bigint, row jsonb not null, primary key (list, id))`;
const UPSERT = `
  insert into upserted (list, id, row) select $1, (r->>'id')::bigint, r from jsonb_array_elements($2::jsonb) r
  on conflict (list, id) do update set row = excluded.row`;

/** A sweep without a memory: every row of every list is written each time, a page to a statement. */
offerWork(async ({ account }) => {
  const get = await voicelinkClient(account);
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query(TABLE);
    let rows = 0;
    for await (const [list, bytes] of pagesOf(get)) {
      const found = rowsIn(bytes).map((row) => ({ ...row, id: row.id ?? row.did_id }));
      for (let start = 0; start < found.length; start += 1_000) {
        await client.query(UPSERT, [list, JSON.stringify(found.slice(start, start + 1_000))]);
      }
      rows += found.length;
    }
    return { rows };
  } finally {
    await client.end();
  }
});
