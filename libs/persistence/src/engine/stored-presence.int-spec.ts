import { useTenant } from '@dialtone/persistence/testing';
import { rows } from '../db';
import { presenceOf } from './stored-presence';

const { postgres } = useTenant();

const IS = {
  dids: { '12 expires': 17, '12 client': null, '12 expired': false, '12 status': 'Active' },
  bots: { '100': true, '9': null },
  routing: { outTrunk: null, id: 5, inBot: 7, in: 1, active: true, out: 3, outBot: 9, inTrunk: null },
};
/** As the domain writes them to compare. */
const WRITTEN = {
  dids: '{"12 client": null, "12 status": "Active", "12 expired": false, "12 expires": 17}',
  bots: '{"9": null, "100": true}',
  routing: '{"id": 5, "in": 1, "out": 3, "inBot": 7, "active": true, "outBot": 9, "inTrunk": null, "outTrunk": null}',
};

describe('what is remembered of a number in PostgreSQL', () => {
  it('is told by the text in which PostgreSQL gives it', async () => {
    const values = Object.fromEntries(
      Object.entries(IS).map(([section, is]) => [section, { since: 5, is, doubtedAt: null, were: [] }]),
    );
    const given = { values, did: 'present', routing: 'present', bot: 'present', everListed: true };
    const [stored] = await rows<{ text: string }>(postgres.dataSource, 'select $1::jsonb::text as text', [given]);
    const presence = presenceOf(stored?.text ?? '');
    const { dids, bots, routing } = presence.values ?? {};
    expect([dids?.isWritten?.(WRITTEN.dids), bots?.isWritten?.(WRITTEN.bots)]).toEqual([true, true]);
    expect(routing?.isWritten?.(WRITTEN.routing)).toBe(true);
    expect(JSON.parse(JSON.stringify(presence))).toEqual(given);
  });
});
