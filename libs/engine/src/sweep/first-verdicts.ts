import type { ConnectionId, DidKey } from '@dialtone/domain';
import { applyOptions, type ApplySettings } from '../verdicts/apply-options';
import type { KeyStates, KeyUpdate } from '../ports/key-states';

export interface FirstVerdictsDeps {
  readonly keyStates: Pick<KeyStates, 'apply'>;
  readonly settings: ApplySettings;
}

/** Keys that are stored in one transaction. */
const BATCH = 500;
/** Batches that are written while the next one is judged. */
const AT_ONCE = 2;

/**
 * Stores first verdicts as soon as they are judged, while others still are: nothing that is declared can break with them, so they need
 * not wait until it is known how much did. Holds three batches at most, when `flow` is awaited after each turn. Stops when the lease is
 * lost: the new holder has fresher lists.
 */
export class FirstVerdicts {
  readonly written: DidKey[] = [];
  private waiting: KeyUpdate[] = [];
  private readonly writing = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly deps: FirstVerdictsDeps,
    private readonly connectionId: ConnectionId,
    private readonly signal: AbortSignal,
  ) {}

  add(update: KeyUpdate): void {
    this.waiting.push(update);
  }

  /** Writes what has come together; waits when that is more than can be written at once. */
  async flow(): Promise<void> {
    while (this.waiting.length >= BATCH) await this.write(this.waiting.splice(0, BATCH));
  }

  /** Resolves when all is written. */
  async end(): Promise<void> {
    await this.flow();
    if (this.waiting.length > 0) await this.write(this.waiting.splice(0));
    await this.idle();
    this.rethrow();
  }

  /** Resolves when what is being written is; what is waiting stays. */
  async idle(): Promise<void> {
    while (this.writing.size > 0) await this.settled();
  }

  private async write(updates: readonly KeyUpdate[]): Promise<void> {
    while (this.writing.size >= AT_ONCE) await this.settled();
    this.rethrow();
    if (this.signal.aborted) return;
    const writing = this.store(updates)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.writing.delete(writing));
    this.writing.add(writing);
  }

  private async store(updates: readonly KeyUpdate[]): Promise<void> {
    const { keyStates, settings } = this.deps;
    const options = { makeDue: true, areFirst: true, ...applyOptions(settings) };
    this.written.push(...(await keyStates.apply(this.connectionId, updates, options)));
  }

  private settled(): Promise<void> {
    return Promise.race(this.writing);
  }

  private rethrow(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
