import type { Clock } from '../ports/clock';

interface Turn {
  readonly ended: Promise<void>;
  /** Epoch ms. */
  readonly begunAt: number;
}

/**
 * Whose turn it is to decide about a client's bots in this process. Spares the others the question whether its lease is free, and
 * tells them when it is; the lease itself decides. A turn whose work failed before its end counts for as long as a lease.
 */
export class ClientTurns {
  private readonly turns = new Map<string, Turn>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly leaseTtlMs: number,
  ) {}

  /** Resolves when the turn under way ends; null: none is. */
  ended(resource: string): Promise<void> | null {
    const turn = this.turns.get(resource);
    return turn === undefined || this.clock.now() > turn.begunAt + this.leaseTtlMs ? null : turn.ended;
  }

  /** Begins one, which what is returned ends. */
  begin(resource: string): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const turn = { ended: promise.then(() => undefined), begunAt: this.clock.now() };
    this.turns.set(resource, turn);
    return () => {
      if (this.turns.get(resource) === turn) this.turns.delete(resource);
      resolve(undefined);
    };
  }
}
