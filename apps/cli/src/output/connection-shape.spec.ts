import type { ConnectionStateDto, SummaryDto } from '@dialtone/client';
import { connectionShape } from './connection-shape';
import { printed } from './print';

const NOW = Date.parse('2026-06-09T10:35:00.000Z');
const AGO = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();
const SECTIONS = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;

type VoiceLink = NonNullable<ConnectionStateDto['voicelink']>;

const WELL: VoiceLink = {
  sweep: { running: false, started_at: AGO(30), ended_at: AGO(20), complete_at: AGO(90), due_at: AGO(-40) },
  sections: SECTIONS.map((section) => ({ section, state: 'complete', suspect_since: null })),
  warnings: [],
  hold: null,
  breaker: { state: 'closed', open_until: null },
  budget: { requests_per_second: 10, burst: 20, available: 16, blocked_until: null },
};

const rowOf = (voicelink: VoiceLink | null, over: Partial<ConnectionStateDto> = {}): ConnectionStateDto => ({
  ...{ id: 'c', connection_id: 'c', provider: 'voicelink', provider_key: 'VOICELINK', name: 'Mumbai' },
  ...{ status: 'ACTIVE', is_default: true, last_verified_at: AGO(7_200), last_error_message: null },
  voicelink,
  ...over,
});
const COUNTS = new Map<string, SummaryDto['connections'][number]>([
  ['c', { connection_id: 'c', numbers: 9_000, declared: 8_000, stale: 0, by_state: { READY: 8_595 } }],
]);
const cellsOf = (row: ConnectionStateDto, counts: typeof COUNTS | null = COUNTS): Readonly<Record<string, string>> =>
  Object.fromEntries(connectionShape(NOW, counts).columns.map(({ title, of }) => [title, of(row)]));

describe('the table of connections', () => {
  it('shows counts, sweep, lists, hold, breaker and budget', () => {
    expect(cellsOf(rowOf(WELL))).toMatchObject({
      ...{ NUMBERS: '9,000', READY: '95 %', SWEPT: '20 s', LISTS: '5 of 5', WRITES: 'allowed' },
      ...{ BREAKER: 'closed', BUDGET: '16/20', WHY: '', VERIFIED: '2 h', COMPLETE: '1 min' },
    });
  });

  const oddly: VoiceLink = {
    ...WELL,
    sections: WELL.sections.map((one, nth) =>
      nth === 1 ? { ...one, suspect_since: AGO(1) } : nth === 3 ? { ...one, state: 'failed' } : one,
    ),
    warnings: [{ section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 502' }],
    breaker: { state: 'open', open_until: AGO(-12) },
    budget: { ...WELL.budget, available: 0 },
  };

  it('says what is not as it should be', () => {
    const cells = { LISTS: 'dids suspect, bots failed', BREAKER: 'open 12 s', BUDGET: '0/20', WHY: 'HTTP 502' };
    expect(cellsOf(rowOf(oddly))).toMatchObject(cells);
  });

  it.each([
    [
      'a hold',
      rowOf({ ...oddly, hold: { reason: '412 broke', since: null } }, { last_error_message: 'refused' }),
      '412 broke',
    ],
    ['the last error', rowOf(oddly, { last_error_message: 'login refused' }), 'login refused'],
  ])('gives %s as the reason before a warning', (_, row, want) => {
    expect(cellsOf(row)['WHY']).toBe(want);
  });

  it.each([
    ['without a limit', { requests_per_second: 0, burst: 20, available: null, blocked_until: null }, 'any'],
    [
      'without a limit that VoiceLink blocked',
      { requests_per_second: 0, burst: 20, available: 0, blocked_until: AGO(-1) },
      '0',
    ],
    [
      'of a login that cannot be read',
      { requests_per_second: 10, burst: 20, available: null, blocked_until: null },
      '?/20',
    ],
  ])('shows a budget %s', (_, budget, want) => {
    expect(cellsOf(rowOf({ ...WELL, budget }))['BUDGET']).toBe(want);
  });

  it('leaves open what another carrier does not have, and what the key may not read', () => {
    expect(cellsOf(rowOf(null), null)).toMatchObject({ NUMBERS: '–', READY: '–', SWEPT: '–', LISTS: '–', BUDGET: '–' });
    expect(cellsOf(rowOf(WELL), new Map())).toMatchObject({ NUMBERS: '0', READY: '–' });
  });

  it('is the fields of the API in JSON', () => {
    expect(JSON.parse(printed([rowOf(WELL)], connectionShape(NOW, COUNTS), 'json'))).toEqual([rowOf(WELL)]);
  });
});
