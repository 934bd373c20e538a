import type { ConnectionId, DidKey } from '@dialtone/domain';
import { meteredJournal } from './metered-journal';
import type { WriteIntent, WriteJournal } from '../ports/journal';

const INTENT: WriteIntent = {
  connectionId: 'c' as ConnectionId,
  key: '918000000000' as DidKey,
  bindingId: null,
  actor: 'reconciler',
  requestId: null,
  step: 'ensure_routing',
  target: 'routing-create:1',
  generation: 1,
  body: {},
};

const observed = (journal: Partial<WriteJournal>): { journal: WriteJournal; told: unknown[] } => {
  const told: unknown[] = [];
  const nothing: WriteJournal = {
    begin: () => Promise.resolve('1'),
    finish: () => Promise.resolve(),
    unresolved: () => Promise.resolve([]),
    unresolvedOfKey: () => Promise.resolve([]),
    unresolvedRequests: () => Promise.resolve([]),
    recent: () => Promise.resolve([]),
    repairs: () => Promise.resolve([]),
    resolve: () => Promise.resolve(),
  };
  return {
    told,
    journal: meteredJournal(
      { ...nothing, ...journal },
      {
        ended: (step, outcome) => told.push([step, outcome]),
        resolved: (outcome, count) => told.push([outcome, count]),
      },
    ),
  };
};

describe('meteredJournal', () => {
  it('tells the step and the outcome of each write, once, even when the journal cannot take it', async () => {
    const { journal, told } = observed({ finish: () => Promise.reject(new Error('away')) });
    const id = await journal.begin(INTENT, []);
    await expect(journal.finish(id ?? '', 'unknown', {})).rejects.toThrow('away');
    await expect(journal.finish(id ?? '', 'unknown', {})).rejects.toThrow('away');
    expect(told).toEqual([['ensure_routing', 'unknown']]);
  });

  it('tells nothing of a write that was fenced off', async () => {
    const { journal, told } = observed({ begin: () => Promise.resolve(null) });
    expect(await journal.begin(INTENT, [])).toBeNull();
    expect(told).toEqual([]);
  });

  it('tells what lists proved, after it is stored', async () => {
    const { journal, told } = observed({});
    await journal.resolve(['1', '2'], 'applied');
    const away = observed({ resolve: () => Promise.reject(new Error('away')) });
    await expect(away.journal.resolve(['3'], 'not_applied')).rejects.toThrow('away');
    expect([told, away.told]).toEqual([[['applied', 2]], []]);
  });
});
