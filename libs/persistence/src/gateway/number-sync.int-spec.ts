import type { DidKey } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { CLAIMED } from './number-sync';

const HELD = 5_000;
const GIVEN = Array.from({ length: 200 }, (_, nth) => String(918_100_000_000 + nth) as DidKey);

interface Node {
  readonly Plans?: readonly Node[];
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Join Filter'?: number;
}

/** Rows that are made or thrown away, in all places of a plan. */
const handled = (node: Node): number =>
  node['Actual Rows'] * node['Actual Loops'] +
  (node['Rows Removed by Join Filter'] ?? 0) +
  (node.Plans ?? []).reduce((sum, plan) => sum + handled(plan), 0);

describe('an import of numbers', () => {
  const tenant = useTenant();

  it('looks each given number up, and does not compare it with all that the connection has', async () => {
    const { postgres, partnerId } = tenant;
    const connectionId = await tenant.connect();
    // Few of them take inbound calls when the statistics are made, as in an inventory that a list has filled.
    const fill = (enabled: boolean, from: number): Promise<unknown> =>
      postgres.query(
        `insert into phone_numbers (partner_id, connection_id, key, inbound_enabled)
         select $1, $2, (917000000000 + nth)::text, $3 from generate_series($4::int, $5::int) nth`,
        [partnerId, connectionId, enabled, from, from + HELD],
      );
    await fill(false, 0);
    await postgres.query('analyze phone_numbers');
    await fill(true, 2 * HELD);
    const [row] = await postgres.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Node }] }>(
      `explain (analyze, format json) ${CLAIMED}`,
      [connectionId, GIVEN],
    );
    expect(handled(row?.['QUERY PLAN'][0].Plan as Node)).toBeLessThan(4 * GIVEN.length);
  });
});
