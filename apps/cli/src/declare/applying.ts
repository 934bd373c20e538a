import { EXIT, Failure } from '../failure';
import { problemsText } from '../files/places';
import type { Gateway } from '../gateway/gateway';
import { Progress } from '../output/progress';
import { countOf, numbersOf } from '../output/texts';
import type { Run } from '../run';
import { plannedBatches, sendBatch, sendPrune, type PruneTerms } from './batches';
import { refusals, withResult, type Judged, type Preview } from './preview';
import type { Resolved } from './resolve';

export interface ApplyTerms {
  readonly manager: string | null;
  readonly takeOver: boolean;
  readonly prune: PruneTerms | null;
  /** Hashes of the plans that it keeps to; null: none. */
  readonly plans: readonly string[] | null;
  /** Everything that the files declare. */
  readonly resolved: readonly Resolved[];
  /** What would become of each, as it was shown. */
  readonly judged: Preview;
}

/**
 * Declares what the preview says would change, batch by batch. It may be interrupted, and the gateway may be killed, at any
 * time: each batch has one Idempotency-Key for all its repetitions, and the same command goes on where this one ended.
 */
export class Applying {
  private readonly done = new Map<Resolved, Judged>();

  constructor(
    private readonly run: Run,
    private readonly gateway: Gateway,
    private readonly terms: ApplyTerms,
  ) {}

  async go(): Promise<Preview> {
    const { resolved, plans, judged } = this.terms;
    // A plan is of all lines, those that change nothing included.
    const changes = plans === null ? withResult(judged, 'created', 'updated').map(({ sent }) => sent) : resolved;
    try {
      await this.declare(changes);
      const pruned = await this.prune();
      return { judged: this.outcome(), pruned };
    } catch (error) {
      throw this.interrupted(error, changes.length);
    }
  }

  private async declare(changes: readonly Resolved[]): Promise<void> {
    const { manager, takeOver, plans } = this.terms;
    const progress = new Progress(this.run.around, 'declared', changes.length);
    for (const [batch, plan] of plannedBatches(changes, plans)) {
      const { results } = await sendBatch(this.gateway, batch, { manager, takeOver, dryRun: false }, plan);
      for (const [index, sent] of batch.entries()) {
        const result = results[index];
        if (result !== undefined) this.done.set(sent, { sent, result });
      }
      progress.at(this.done.size);
    }
    progress.end();
    const refused = refusals([...this.done.values()]);
    if (refused.length > 0) this.run.say(problemsText(refused));
  }

  /** Not while a line is refused: what it was meant to say is not known. */
  private prune(): ReturnType<typeof sendPrune> {
    const { prune, resolved, manager, takeOver, judged } = this.terms;
    if (prune === null || judged.pruned.length === 0) return Promise.resolve([]);
    if (withResult({ judged: [...this.done.values()] }, 'refused').length > 0) {
      this.run.say('Nothing was withdrawn, as some lines were refused.');
      return Promise.resolve([]);
    }
    return sendPrune(this.gateway, resolved, { manager, takeOver, dryRun: false, prune });
  }

  /** Of every line: what became of it, or that it was as declared. */
  private outcome(): readonly Judged[] {
    return this.terms.judged.judged.map((judged) => this.done.get(judged.sent) ?? judged);
  }

  private interrupted(error: unknown, total: number): unknown {
    const isInterrupt = this.run.around.signal.aborted;
    if (!isInterrupt && !(error instanceof Failure)) return error;
    const stored = `${countOf(this.done.size)} of ${numbersOf(total)} are declared; of the batch that was under way some may be, too. Run the same command again: it goes on from there.`;
    if (isInterrupt) return new Failure(`Interrupted. ${stored}`, EXIT.interrupted, { cause: error });
    return new Failure(`${(error as Failure).message}\n${stored}`, (error as Failure).exitCode, { cause: error });
  }
}
