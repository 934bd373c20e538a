import type { StoredEvent } from '@dialtone/contracts';
import type { EventSequencer } from '../ports/event-log';
import { PollingLoop, type NextTurn, type PollingLoopOptions } from './polling-loop';

/** Events per transaction. */
const BATCH = 1_000;
/** Events that are shown to readers at once, at most: more are a backlog, of which each reads its own. */
const SHOWN = 200;

export interface SequencingOptions extends PollingLoopOptions {
  readonly sequencer: EventSequencer;
  /** True while this process holds the lease `SEQUENCER_RESOURCE`. Asked before each batch. */
  readonly isLeader: () => boolean;
  /** Readers of the log can go on, with these events if they are at its end; empty: they have to look. */
  readonly onNumbered: (events: readonly StoredEvent[]) => void;
  /** True while there are readers in this process. */
  readonly hasReaders: () => boolean;
}

/** Gives committed events their positions, batch after batch, while this process leads. */
export class Sequencing {
  private readonly loop: PollingLoop;

  constructor(private readonly options: SequencingOptions) {
    this.loop = new PollingLoop(() => this.turn(), options);
  }

  /** Events may have been logged. */
  wake(): void {
    this.loop.wake();
  }

  /** Resolves when `signal` has aborted and the batch under way has ended. */
  run(signal: AbortSignal): Promise<void> {
    return this.loop.run(signal);
  }

  private async turn(): Promise<NextTurn> {
    const { isLeader, onNumbered, hasReaders, sequencer } = this.options;
    if (!isLeader()) return 'when_woken';
    const { count, events } = await sequencer.assignAndShow(BATCH, hasReaders() ? SHOWN : 0);
    if (count > 0) onNumbered(events);
    return count < BATCH ? 'when_woken' : 'at_once';
  }
}
