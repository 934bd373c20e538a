import type { EventSequencer } from '../ports/event-log';
import { PollingLoop, type NextTurn, type PollingLoopOptions } from './polling-loop';

/** Events per transaction. */
const BATCH = 1_000;

export interface SequencingOptions extends PollingLoopOptions {
  readonly sequencer: EventSequencer;
  /** True while this process holds the lease `SEQUENCER_RESOURCE`. Asked before each batch. */
  readonly isLeader: () => boolean;
  /** Readers of the log can go on. */
  readonly onNumbered: () => void;
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
    const { isLeader, onNumbered, sequencer } = this.options;
    if (!isLeader()) return 'when_woken';
    const numbered = await sequencer.assign(BATCH);
    if (numbered > 0) onNumbered();
    return numbered < BATCH ? 'when_woken' : 'at_once';
  }
}
