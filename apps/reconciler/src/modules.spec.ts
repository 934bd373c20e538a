import { SchedulerRegistry } from '@nestjs/schedule';
import type { WorkCounts } from '@dialtone/persistence';
import type { AccountPool } from '@dialtone/voicelink';
import { setTimeout as delay } from 'node:timers/promises';
import { ReconcileRequestHandler } from '@dialtone/messaging';
import { seriesOf } from '../test/series-of';
import { startModules } from '../test/start-modules';
import type { ReconcileLoops } from './engine/reconcile-loops';
import type { EventPump } from './events/event-pump';
import { ACCOUNTS, EVENT_PUMP, LOOPS } from './tokens';

describe('the modules of the reconciler', () => {
  it('start without a broker, take the leases of one replica, and end in order', async () => {
    const { module, lines, numbered } = await startModules();
    const pump = module.get<EventPump>(EVENT_PUMP);
    const accounts = module.get<AccountPool>(ACCOUNTS);
    const loops = module.get<ReconcileLoops>(LOOPS);
    const wasDrained: boolean[] = [];
    const close = accounts.close.bind(accounts);
    jest.spyOn(accounts, 'close').mockImplementation(() => {
      wasDrained.push(loops.isDrained);
      return close();
    });
    await delay(20);
    expect(pump.leads).toEqual({ sequencer: true, relay: true });
    expect(pump.relays.state()).toEqual({ connected: false, topics: new Map() });
    pump.wake('anything');
    await delay(20);
    expect(numbered.length).toBeGreaterThan(0);
    await module.close();
    expect(wasDrained).toEqual([true]);
    expect(pump.leads).toEqual({ sequencer: false, relay: false });
    expect(lines.map(({ msg }) => msg)).toEqual(['Events are logged but not relayed: no broker configured']);
  });

  it('leave the accounts open for work that still waits for an answer', async () => {
    const { module } = await startModules();
    const accounts = module.get<AccountPool>(ACCOUNTS);
    const close = jest.spyOn(accounts, 'close');
    const loops = module.get<ReconcileLoops>(LOOPS);
    jest.spyOn(loops, 'isDrained', 'get').mockReturnValue(false);
    await module.close();
    expect(close).not.toHaveBeenCalled();
  });

  it('schedule all retentions', async () => {
    const { module } = await startModules();
    expect(module.get(SchedulerRegistry).getCronJobs().size).toBe(12);
    await module.close();
  });

  it('turn a request into a trigger, and count it', async () => {
    const { module, metrics, triggered } = await startModules();
    const connection_id = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
    const delivery = {
      topic: 't',
      partition: 0,
      offset: '0',
      key: null,
      value: Buffer.from(JSON.stringify({ connection_id, key: '918011223344' })),
      headers: {},
      heartbeat: () => Promise.resolve(),
      deadLetter: () => Promise.resolve(),
    };
    expect(await module.get(ReconcileRequestHandler).handle(delivery)).toBe('triggered');
    expect(triggered).toEqual([{ connectionId: connection_id, key: '918011223344' }]);
    expect(await seriesOf(metrics.registry, 'dialtone_reconcile_requests_total{result="triggered"}')).toEqual([
      'dialtone_reconcile_requests_total{result="triggered"} 1',
    ]);
    await module.close();
  });

  it.each<{ name: string; counts: Pick<WorkCounts, 'bindingsDue'> | null; want: readonly string[] }>([
    {
      name: 'is shown as the database counts it',
      counts: { bindingsDue: 9 },
      want: ['workqueue_depth{name="binding",controller="binding"} 9'],
    },
    { name: 'is left out while the database cannot be asked', counts: null, want: [] },
  ])('the depth of the queue $name', async ({ counts, want }) => {
    const { module, metrics } = await startModules(() => Promise.resolve(counts as WorkCounts | null));
    expect(await seriesOf(metrics.registry, 'workqueue_depth')).toEqual(want);
    await module.close();
  });
});
