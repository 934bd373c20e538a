import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { EngineObserver, OutcomeKind } from '@dialtone/engine';
import { Registry, stalledLooks, sweepMetrics } from '@dialtone/platform';
import { recordedLog } from '../../test/recorded-log';
import { seriesOf } from '../../test/series-of';
import { engineObserver } from './engine-observer';

type Swept = Parameters<EngineObserver['swept']>[0];

const CONNECTION = 'c' as ConnectionId;
const KEY = '918011223344' as DidKey;
const SWEPT: Swept = {
  connectionId: CONNECTION,
  keys: 40,
  judged: 3,
  changed: 2,
  warnings: [],
  complete: true,
  setAside: { clients: 0, dids: 0, available_dids: 0, bots: 0, routing: 0 },
  held: null,
  durationMs: 1_500,
};
const WARNING = { section: 'bots', message: 'incomplete' } as unknown as Swept['warnings'][number];

const observed = () => {
  const registry = new Registry();
  const { logger, lines } = recordedLog();
  return { registry, lines, observer: engineObserver(logger, sweepMetrics(registry), stalledLooks(registry)) };
};

describe('the observer of the engine', () => {
  it.each<{ outcome: OutcomeKind; message: string | null; level: string; msg: string }>([
    { outcome: 'settled', message: null, level: 'debug', msg: 'DID is READY' },
    { outcome: 'progressing', message: 'a write is in doubt', level: 'info', msg: 'a write is in doubt' },
    { outcome: 'stalled', message: 'no such client', level: 'info', msg: 'no such client' },
    { outcome: 'retry', message: 'VoiceLink is away', level: 'warn', msg: 'VoiceLink is away' },
  ])('tells of a DID that is $outcome at level $level', ({ outcome, message, level, msg }) => {
    const { observer, lines } = observed();
    const event = { connectionId: CONNECTION, key: KEY, outcome, message, state: 'READY', durationMs: 12 } as const;
    observer.reconciled({ ...event, attempts: 3, stalls: 0 });
    const fields = { connection_id: CONNECTION, key: KEY, outcome, state: 'READY', duration_ms: 12, attempts: 3 };
    expect(lines).toMatchObject([{ level, msg, ...fields }]);
  });

  it('counts the looks that found a declaration stalled on something new, and on the same again', async () => {
    const { observer, registry } = observed();
    const event = {
      connectionId: CONNECTION,
      key: KEY,
      message: 'x',
      state: 'NO_BOT',
      durationMs: 1,
      attempts: 1,
    } as const;
    for (const stalls of [1, 2, 3]) observer.reconciled({ ...event, outcome: 'stalled', stalls });
    observer.reconciled({ ...event, outcome: 'retry', stalls: 0 });
    expect(await seriesOf(registry, 'dialtone_stalled_looks_total')).toEqual([
      'dialtone_stalled_looks_total{stall="new"} 1',
      'dialtone_stalled_looks_total{stall="same"} 2',
    ]);
  });

  it('tells of every step', () => {
    const { observer, lines } = observed();
    const step = { connectionId: CONNECTION, key: KEY, step: 'ensure_bot', result: 'done' } as const;
    observer.stepTaken({ ...step, detail: 'bot 7 created' });
    expect(lines).toMatchObject([
      { level: 'info', msg: 'bot 7 created', connection_id: CONNECTION, key: KEY, step: 'ensure_bot', result: 'done' },
    ]);
  });

  it.each<{ name: string; swept: Partial<Swept>; level: string; msg: RegExp; result: string }>([
    { name: 'complete', swept: {}, level: 'debug', msg: /^Connection swept/, result: 'complete' },
    {
      name: 'with a gap',
      swept: { warnings: [WARNING], complete: false },
      level: 'warn',
      msg: /^Connection swept/,
      result: 'incomplete',
    },
    {
      name: 'read to the end, but for a row',
      swept: { warnings: [WARNING] },
      level: 'warn',
      msg: /^Connection swept/,
      result: 'complete',
    },
    { name: 'held', swept: { held: 'too many' }, level: 'error', msg: /are held/, result: 'held' },
  ])('counts a sweep that is $name, and tells of it at level $level', async ({ swept, level, msg, result }) => {
    const { observer, lines, registry } = observed();
    observer.swept({ ...SWEPT, ...swept });
    expect(lines).toMatchObject([{ level, keys: 40, judged: 3, changed: 2, duration_ms: 1_500 }]);
    expect(lines[0]?.msg).toMatch(msg);
    const counted = (await seriesOf(registry, 'dialtone_sweeps_total')).filter((line) => line.endsWith(' 1'));
    expect(counted).toEqual([`dialtone_sweeps_total{result="${result}"} 1`]);
    expect(await seriesOf(registry, 'dialtone_sweep_dids_total')).toEqual(['dialtone_sweep_dids_total 40']);
    expect(await seriesOf(registry, 'dialtone_sweep_changed')).toEqual(['dialtone_sweep_changed_dids_total 2']);
  });

  it.each([
    { where: 'sweep', failed: 1 },
    { where: 'reconcile', failed: 0 },
    { where: 'queue', failed: 0 },
  ] as const)('tells of an unexpected error in $where', async ({ where, failed }) => {
    const { observer, lines, registry } = observed();
    observer.failed({ where, error: new Error('a defect') });
    expect(lines).toMatchObject([{ level: 'error', where, err: { message: 'a defect' } }]);
    expect(await seriesOf(registry, 'dialtone_sweeps_total{result="failed"}')).toEqual([
      `dialtone_sweeps_total{result="failed"} ${String(failed)}`,
    ]);
  });
});
