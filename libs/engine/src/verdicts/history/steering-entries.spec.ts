import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { steeringEntry, type ChangeOfSteering } from './steering-entries';

const PLACE = { partnerId: 'p' as PartnerId, connectionId: 'c' as ConnectionId, key: null };
const AUTHOR = { actor: 'key-1', manager: null, requestId: 'req-1' };
const WHY = { reason: 'Porting', until: '2026-01-01T00:00:00.000Z' };

describe('the entry of what steers repairs', () => {
  const table: readonly (readonly [ChangeOfSteering['of'], Pick<ChangeOfSteering, 'before' | 'after'>, string])[] = [
    ['pause', { before: null, after: WHY }, 'pause_begun'],
    ['pause', { before: WHY, after: { ...WHY, reason: 'Porting again' } }, 'pause_begun'],
    ['pause', { before: WHY, after: null }, 'pause_ended'],
    ['repair', { before: null, after: WHY }, 'repair_contested'],
    ['repair', { before: WHY, after: null }, 'repair_resumed'],
  ];
  it.each(table)('of a %s from %j is %s', (of, facts, kind) => {
    expect(steeringEntry({ of, place: PLACE, ...facts }, AUTHOR)).toEqual({ kind, ...PLACE, ...AUTHOR, ...facts });
  });
});
