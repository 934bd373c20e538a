import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { modeAndWindowsEntry, steeringEntry, type ChangeOfSteering } from './steering-entries';

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

describe('the entry of mode and windows of a place', () => {
  const window = { kind: 'deny', cron: '0 22 * * *', durationSeconds: 3_600, timeZone: 'Europe/Berlin' } as const;
  const shown = { kind: 'deny', cron: '0 22 * * *', duration_seconds: 3_600, time_zone: 'Europe/Berlin' };
  const was = { mode: 'enforce', windows: [] } as const;

  it.each([
    ['another mode', { mode: 'observe', windows: [] }, { mode: 'observe', windows: [] }],
    ['a window', { mode: 'enforce', windows: [window] }, { mode: 'enforce', windows: [shown] }],
  ] as const)('of %s has both before and after, as the API shows them', (_, is, after) => {
    const { partnerId, connectionId } = PLACE;
    expect(modeAndWindowsEntry({ partnerId, connectionId }, was, is, AUTHOR)).toEqual({
      ...{ kind: 'steering_changed', ...PLACE, ...AUTHOR },
      ...{ before: { mode: 'enforce', windows: [] }, after },
    });
  });

  it('is none when nothing changes', () => {
    expect(modeAndWindowsEntry(PLACE, was, { ...was }, AUTHOR)).toBeNull();
  });
});
