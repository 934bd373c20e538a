import { backoffMs, type Clock, type Log, type ReconcileRequest, type WorkTrigger } from '@dialtone/engine';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { isFinalAnswer } from '../kafka-errors';
import type { IncomingRecord } from '../kafka-record';
import { deadLetterOf, type DeadLetter } from './dead-letter';
import { parseReconcileRequest } from './parse-reconcile-request';

/** A received record with what its transport lends to the handler. */
export interface Delivery extends IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Keeps the group membership during a long wait. */
  heartbeat(): Promise<void>;
  /** Resolves once the record is stored in the dead-letter topic. */
  deadLetter(record: DeadLetter): Promise<void>;
}

/**
 * What became of a record. `unknown_target`: no such binding or connection. `dropped`: the process stopped while the store was
 * away. `lost`: the dead-letter topic did not take it either; the record remains in its own topic.
 */
export const REQUEST_OUTCOMES = ['triggered', 'unknown_target', 'dead_lettered', 'dropped', 'lost'] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export interface ReconcileRequestHandlerOptions {
  readonly trigger: WorkTrigger;
  readonly clock: Pick<Clock, 'now' | 'random' | 'sleep'>;
  readonly logger: Log;
  /** For metrics. */
  readonly onOutcome?: (outcome: RequestOutcome) => void;
  /** True for errors of the trigger that come again however often it is tried. Default: none. */
  readonly isFinal?: (error: unknown) => boolean;
  /** How long a failing trigger is tried before the record becomes a dead letter. Default 15 minutes. */
  readonly giveUpAfterMs?: number;
}

type Tried<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'gave_up' | 'stopping'; readonly error: string };

const DEAD_LETTER_PATIENCE_MS = 20_000;
const BACKOFF = { baseMs: 100, capMs: 5_000 };

/**
 * Turns a record into a trigger, and never throws: an error would make the transport deliver the same record for ever and
 * block its partition.
 *
 * A record that cannot be parsed goes to the dead-letter topic. A trigger that fails means that the store is away: every
 * other request would fail too, and the topic keeps them. So the handler retries the record, with back-off and heartbeats,
 * which pauses the partition. An error that would come again is not waited for. After `giveUpAfterMs` the record becomes a dead letter, so that an error that is not an outage
 * cannot block a partition for good. A process that stops meanwhile drops the record: it was a hint, and the resync
 * reconciles its key anyway.
 */
export class ReconcileRequestHandler implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(private readonly options: ReconcileRequestHandlerOptions) {}

  /** Ends all waits. Nest calls it before it closes the transports, which wait for the handler. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Never rejects. */
  async handle(delivery: Delivery): Promise<RequestOutcome> {
    const outcome = await this.outcomeOf(delivery);
    this.options.onOutcome?.(outcome);
    return outcome;
  }

  private async outcomeOf(delivery: Delivery): Promise<RequestOutcome> {
    try {
      const parsed = parseReconcileRequest(delivery);
      return parsed.ok ? await this.trigger(delivery, parsed.request) : await this.bury(delivery, parsed.why);
    } catch (error) {
      // A record that this code did not expect must not come again for ever.
      const { topic, partition, offset } = delivery;
      this.options.logger.error({ topic, partition, offset, err: error }, 'A reconcile request broke its handler');
      return 'lost';
    }
  }

  private async trigger(delivery: Delivery, request: ReconcileRequest): Promise<RequestOutcome> {
    const { trigger, logger, giveUpAfterMs = 15 * 60_000 } = this.options;
    const tried = await this.keepTrying(delivery, giveUpAfterMs, () => trigger.trigger(request));
    switch (tried.kind) {
      case 'done':
        return tried.value ? 'triggered' : 'unknown_target';
      case 'stopping':
        logger.warn({ ...request, error: tried.error }, 'Stopping: a reconcile request is left to the next resync');
        return 'dropped';
      case 'gave_up':
        return this.bury(delivery, `not triggered: ${tried.error}`);
    }
  }

  private async bury(delivery: Delivery, reason: string): Promise<RequestOutcome> {
    const { topic, partition, offset } = delivery;
    const letter = deadLetterOf(delivery, { topic, partition, offset, reason, at: this.options.clock.now() });
    const tried = await this.keepTrying(delivery, DEAD_LETTER_PATIENCE_MS, () => delivery.deadLetter(letter));
    if (tried.kind === 'done') {
      this.options.logger.warn({ topic, partition, offset, reason }, 'A reconcile request went to the dead letters');
      return 'dead_lettered';
    }
    const fields = { topic, partition, offset, reason, error: tried.error };
    this.options.logger.error(fields, 'A reconcile request could not even be put aside; skipping it');
    return 'lost';
  }

  private async keepTrying<T>(delivery: Delivery, patienceMs: number, attempt: () => Promise<T>): Promise<Tried<T>> {
    const { clock, logger } = this.options;
    const deadline = clock.now() + patienceMs;
    for (let attempts = 0; ; attempts += 1) {
      try {
        return { kind: 'done', value: await attempt() };
      } catch (caught) {
        const error = caught instanceof Error ? caught.message : String(caught);
        if (this.stopping.signal.aborted) return { kind: 'stopping', error };
        if (clock.now() >= deadline || this.isFinal(caught)) return { kind: 'gave_up', error };
        // Log only the first failure of a record.
        const say = attempts === 0 ? 'warn' : 'debug';
        logger[say]({ partition: delivery.partition, offset: delivery.offset, error }, 'Reconcile requests wait');
        await clock.sleep(backoffMs(attempts, BACKOFF, clock.random()), this.stopping.signal);
        await this.heartbeat(delivery);
      }
    }
  }

  private isFinal(error: unknown): boolean {
    return isFinalAnswer(error) || (this.options.isFinal?.(error) ?? false);
  }

  /**
   * A heartbeat fails when the group rebalances. The handler goes on: after the rebalance time-out another member has the
   * partition and tries the same record, and triggering twice is triggering once.
   */
  private async heartbeat(delivery: Delivery): Promise<void> {
    try {
      await delivery.heartbeat();
    } catch (error) {
      this.options.logger.debug({ error: String(error) }, 'No heartbeat while waiting');
    }
  }
}
