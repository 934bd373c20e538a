import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { backoffMs } from './core/backoff';
import type { Log } from './operations/log';
import { Loop, pause } from './operations/loop';
import type { PlannerStore } from './plan/planner-store';
import type { OutboxStore } from './send/outbox-store';
import { ReceiverSender, type SenderDeps } from './send/receiver-sender';
import type { Receiver } from './settings/receivers';
import type { Settings } from './settings/settings';
import type { Database } from './store/database';
import { adoptReceivers, deleteOld, wakeGroups } from './store/housekeeping';
import { migrate } from './store/migrate';

const BACKOFF = { baseMs: 200, capMs: 10_000 };
const HOUSEKEEPING_MS = 60_000;

export interface WorkDeps {
  readonly dataSource: DataSource;
  readonly database: Database;
  readonly settings: Settings;
  readonly receivers: readonly Receiver[];
  readonly planner: Pick<PlannerStore, 'planFor'>;
  readonly outbox: OutboxStore;
  readonly context: SenderDeps['context'];
  readonly onOutcome: SenderDeps['onOutcome'];
  readonly log: Log;
}

/** What goes on beside the consumer: it waits for the database, then plans and sends for each receiver on its own. */
export class Work implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly opened = Promise.withResolvers<undefined>();
  private opening: Promise<void> = Promise.resolve();
  private loops: readonly Loop[] = [];

  constructor(private readonly deps: WorkDeps) {}

  onApplicationBootstrap(): void {
    this.opening = this.open();
  }

  /** Resolves when the database is there, with the tables of this version. */
  async ready(): Promise<void> {
    await this.opened.promise;
  }

  /** The longest time for which a loop has done nothing. */
  idleMs(): number {
    return Math.max(0, ...this.loops.map((loop) => loop.idleMs()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    // The consumer ends by its own signal; what waits for the database here waits no longer.
    this.opened.resolve(undefined);
    await this.opening;
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    const { dataSource } = this.deps;
    if (dataSource.isInitialized) await dataSource.destroy();
  }

  private async open(): Promise<void> {
    const { dataSource, database, receivers, settings, log } = this.deps;
    for (let failures = 0; !this.stopping.signal.aborted; failures += 1) {
      try {
        if (!dataSource.isInitialized) await dataSource.initialize();
        await migrate(dataSource, settings.DATABASE_SCHEMA);
        await adoptReceivers(database, receivers);
        await wakeGroups(database);
        this.startLoops();
        this.opened.resolve(undefined);
        return;
      } catch (error) {
        const say = failures === 0 ? 'warn' : 'debug';
        log[say](
          { error: error instanceof Error ? error.message : String(error) },
          'The database is not ready, waiting',
        );
        await pause(backoffMs(failures, BACKOFF, Math.random()), this.stopping.signal);
      }
    }
  }

  private startLoops(): void {
    const { database, receivers, settings } = this.deps;
    const housekeeping = async (): Promise<boolean> => {
      await adoptReceivers(database, receivers);
      return deleteOld(database, settings.EVENT_ID_RETENTION_DAYS);
    };
    this.loops = [
      this.loop('housekeeping', housekeeping, HOUSEKEEPING_MS),
      ...receivers.flatMap((receiver) => this.loopsOf(receiver)),
    ];
    for (const loop of this.loops) loop.start();
  }

  private loopsOf(receiver: Receiver): readonly Loop[] {
    const { context, log, onOutcome, outbox, planner, settings } = this.deps;
    const sender = new ReceiverSender(receiver, {
      outbox,
      context,
      log,
      onOutcome,
      now: () => Date.now(),
      random: () => Math.random(),
      stopping: this.stopping.signal,
    });
    const plan = async (): Promise<boolean> => {
      await planner.planFor(receiver);
      return false;
    };
    const pauseMs = settings.POLL_INTERVAL_MS;
    return [
      this.loop(`plan ${receiver.name}`, plan, pauseMs),
      this.loop(`send ${receiver.name}`, () => sender.sendNext(), pauseMs),
    ];
  }

  private loop(name: string, turn: () => Promise<boolean>, pauseMs: number): Loop {
    return new Loop({ name, turn, pauseMs, log: this.deps.log });
  }
}
